using System.Diagnostics;
using System.Globalization;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Storage;
using Npgsql;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Storage;

public sealed class SchemaTests(TestDatabase test) : IClassFixture<TestDatabase>
{
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task EveryMigrationRunsASecondTimeWithoutHarm()
    {
        var grid = Sample.LonLatGrid();
        var published = await test.Database.Forecasts.PublishAsync(Sample.Forecast(grid), _cancellation);
        Assert.Equal(0, await Migrations.ApplyAsync(test.Database.DataSource, _cancellation));
        await ExecuteAsync("UPDATE nowcast.migration SET checksum = 'older' WHERE number = 1");
        Assert.Contains(await Migrations.StatusAsync(test.Database.DataSource, _cancellation),
            file => file is { Number: 1, AppliedAt: null });

        var ran = await Migrations.ApplyAsync(test.Database.DataSource, _cancellation);

        var status = await Migrations.StatusAsync(test.Database.DataSource, _cancellation);
        Assert.Equal(status.Count, ran);
        Assert.All(status, file => Assert.NotNull(file.AppliedAt));
        Assert.Equal(Enumerable.Range(1, status.Count), status.Select(file => file.Number));
        Assert.Equal(published.RunId, (await test.Database.Queries.LatestRunAsync(grid.Name, null, _cancellation))!.RunId);
    }

    [Fact]
    public async Task ReadersReadEverythingTheyAreMeantToAndWriteNothing()
    {
        var grid = Sample.LonLatGrid();
        await test.Database.Forecasts.PublishAsync(Sample.Forecast(grid), _cancellation);
        await test.Database.Scans.StoreAsync(Sample.RadarFrame(grid), "x", cancellation: _cancellation);
        await using var reader = await AsRoleAsync("nowcast_reader");
        var view = (await test.Database.Grids.GetAsync(grid.Name, _cancellation)).ViewName;

        foreach (var question in new[]
        {
            "SELECT * FROM nowcast.rain_at(152.5, -27.5)", "SELECT nowcast.rain_starts(152.5, -27.5)",
            "SELECT * FROM nowcast.depth_at(152.5, -27.5)",
            "SELECT * FROM nowcast.rain_over(ST_MakeEnvelope(152.1, -27.5, 152.5, -27.1, 4326))",
            "SELECT * FROM nowcast.exceedance_at(152.5, -27.5)",
            "SELECT * FROM nowcast.latest_run", "SELECT tile_row FROM nowcast.latest_forecast", "SELECT * FROM nowcast.skill",
            "SELECT * FROM nowcast.skill_fss",
            "SELECT * FROM nowcast.skill_reliability", "SELECT * FROM nowcast.feed_freshness", "SELECT * FROM nowcast.job_history",
            "SELECT * FROM nowcast.models",
            $"SELECT tile_row FROM nowcast.latest_scan_{view}", $"SELECT tile_row FROM nowcast.latest_forecast_{view}",
            $"SELECT tile_row FROM nowcast.map_at('{grid.Name}', 5)",
        })
            await ExecuteOnAsync(reader, question);
        foreach (var change in new[]
        {
            "INSERT INTO nowcast.method_priority VALUES ('x', 9)", "DELETE FROM nowcast.run", "UPDATE nowcast.scan SET source_file = ''",
            "TRUNCATE nowcast.forecast_tile", "DROP VIEW nowcast.skill", "SELECT nowcast.drop_days_before('2100-01-01')",
            "SELECT nowcast.ensure_days(1, now(), now())", "SELECT checkpoint FROM nowcast.model", "CREATE TABLE nowcast.x ()",
            "INSERT INTO nowcast.scan_tile_in VALUES (1, now(), 0, 0, '')",
        })
        {
            var refused = await Assert.ThrowsAsync<PostgresException>(() => ExecuteOnAsync(reader, change));
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
        }
    }

    [Fact]
    public async Task AReaderWhoAsksTooMuchIsCancelled()
    {
        await using var reader = await AsRoleAsync("nowcast_reader");
        await using (var show = new NpgsqlCommand(
            "SELECT concat_ws(' ', current_setting('statement_timeout'), current_setting('idle_in_transaction_session_timeout'))", reader))
            Assert.Equal("30s 1min", await show.ExecuteScalarAsync(_cancellation));

        await ExecuteOnAsync(reader, "SET statement_timeout = '50ms'");
        var cancelled = await Assert.ThrowsAsync<PostgresException>(() => ExecuteOnAsync(reader, "SELECT pg_sleep(60)"));
        Assert.Equal(PostgresErrorCodes.QueryCanceled, cancelled.SqlState);
    }

    [Fact]
    public async Task TilesAreCompressedWithLz4AndFrozenBeforeTheirDayIsOld()
    {
        var grid = await test.Database.Grids.EnsureAsync(Sample.LonLatGrid(width: 20, height: 20), _cancellation);
        await test.Database.Grids.EnsureDaysAsync(grid, Sample.Noon, Sample.Noon, _cancellation);
        var table = $"forecast_tile_{grid.Id}_{Sample.Noon:yyyyMMdd}";
        var strips = $"forecast_strip_{grid.Id}_{Sample.Noon:yyyyMMdd}";

        // Where the server was built without lz4 the columns keep its default.
        var expected = await test.ScalarAsync<bool>(
            "SELECT 'lz4' = ANY (enumvals) FROM pg_settings WHERE name = 'default_toast_compression'") ? "l l l" : "  ";
        Assert.Equal(expected, await test.ScalarAsync<string>(
            "SELECT string_agg(attcompression::text, ' ' ORDER BY attnum) FROM pg_attribute WHERE attrelid IN ($1::regclass, $2::regclass) "
                + "AND attname IN ('rast', 'rates', 'percent')",
            $"nowcast.{table}", $"nowcast.{strips}"));
        var options = await test.ScalarAsync<string>(
            "SELECT array_to_string(c.reloptions || t.reloptions, ' ') FROM pg_class AS c JOIN pg_class AS t ON t.oid = c.reltoastrelid "
                + "WHERE c.relname = $1", table);
        Assert.Contains("autovacuum_freeze_min_age=0", options);
        Assert.Contains("autovacuum_vacuum_insert_scale_factor=1.0", options);
        Assert.Equal(2, options.Split("autovacuum_freeze_min_age=0").Length - 1);
    }

    [Fact]
    public async Task TheWriterCanDoItsWorkButNotChangeTheSchema()
    {
        await using var writer = await NowcastDatabase.OpenAsync(As("nowcast_writer"), _cancellation);
        var grid = Sample.StereographicGrid();
        await writer.Scans.StoreAsync(Sample.RadarFrame(grid), "x", cancellation: _cancellation);
        var published = await writer.Forecasts.PublishAsync(Sample.Forecast(grid), _cancellation);
        await writer.Forecasts.PublishAsync(Sample.Forecast(grid), _cancellation);
        await writer.Verification.StoreAsync(published.RunId, [VerificationTests.Scores(5, hits: 1)], _cancellation);
        await writer.Models.ImportAsync("w", "net", [1, 2, 3], "{}", "{}", _cancellation);
        await writer.Models.PromoteAsync("w", "", _cancellation);
        writer.Jobs.End(writer.Jobs.Begin("ingest"), ConvLstm.Nowcast.Storage.Jobs.JobOutcome.Succeeded, "");

        foreach (var change in new[] { "DROP TABLE nowcast.run CASCADE", "ALTER TABLE nowcast.scan ADD x int", "DELETE FROM nowcast.grid",
            "INSERT INTO nowcast.migration VALUES (0, '', '')" })
        {
            await using var command = writer.DataSource.CreateCommand(change);
            var refused = await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync(_cancellation));
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
        }
    }

    [Fact]
    public async Task EverythingInTheSchemaExplainsItself()
    {
        await test.Database.Grids.EnsureAsync(Sample.LonLatGrid(), _cancellation);
        const string sql =
            """
            SELECT coalesce(string_agg(what, ', '), '') FROM (
                SELECT c.relname AS what FROM pg_class AS c WHERE c.relnamespace = 'nowcast'::regnamespace AND c.relkind IN ('r', 'v', 'p')
                   AND obj_description(c.oid, 'pg_class') IS NULL AND c.relname !~ '_[0-9]+_[0-9]{8}$'
                UNION ALL
                SELECT c.relname || '.' || a.attname FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
                WHERE c.relnamespace = 'nowcast'::regnamespace AND c.relkind IN ('r', 'p', 'v') AND c.relname !~ '_in$' AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attisdropped
                  AND col_description(c.oid, a.attnum) IS NULL
                UNION ALL
                SELECT p.proname FROM pg_proc AS p WHERE p.pronamespace = 'nowcast'::regnamespace AND obj_description(p.oid, 'pg_proc') IS NULL) AS bare
            """;

        Assert.Equal("", await test.ScalarAsync<string>(sql));
    }

    [Fact]
    public async Task AProjectionHasOneRowWhoeverUsesIt()
    {
        var one = await test.Database.Grids.EnsureAsync(Sample.SphereGrid(), _cancellation);
        var two = await test.Database.Grids.EnsureAsync(Sample.SphereGrid(), _cancellation);
        var other = await test.Database.Grids.EnsureAsync(Sample.StereographicGrid(), _cancellation);
        var degrees = await test.Database.Grids.EnsureAsync(Sample.LonLatGrid(), _cancellation);

        Assert.Equal(one.Srid, two.Srid);
        Assert.NotEqual(one.Srid, other.Srid);
        Assert.InRange(one.Srid, 910000, 919999);
        Assert.Equal(4326, degrees.Srid);
        Assert.Equal("convlstm-nowcast", await test.ScalarAsync<string>("SELECT auth_name FROM spatial_ref_sys WHERE srid = $1", one.Srid));
    }

    [Fact]
    public async Task RasterColumnsKnowsTheTilesOfAGrid()
    {
        var grid = await test.Database.Grids.EnsureAsync(Sample.StereographicGrid(), _cancellation);

        Assert.Equal(
            $"{grid.Srid} 1000 -1000 64 64 true",
            await test.ScalarAsync<string>(
                "SELECT concat_ws(' ', srid, scale_x, scale_y, blocksize_x, blocksize_y, same_alignment::text) FROM raster_columns WHERE "
                    + "r_table_schema = 'nowcast' AND r_table_name = $1",
                $"forecast_tile_{grid.Id}"));
    }

    [Fact]
    public async Task OldDaysGoAtOnceAndRunsAndScoresStay()
    {
        var grid = Sample.LonLatGrid(width: 70, height: 70);
        for (var day = 0; day < 3; day++)
        {
            var at = Sample.Noon.AddYears(-10).AddDays(day);
            await test.Database.Scans.StoreAsync(Sample.RadarFrame(grid, at), "x", cancellation: _cancellation);
            var run = await test.Database.Forecasts.PublishAsync(Sample.Forecast(grid, at), _cancellation);
            await test.Database.Verification.StoreAsync(run.RunId, [VerificationTests.Scores(5, hits: 1)], _cancellation);
        }

        var dropped = await test.Database.DropDaysBeforeAsync(DateOnly.FromDateTime(Sample.Noon.AddYears(-10).AddDays(2).UtcDateTime),
            _cancellation);

        Assert.Equal(6, dropped);
        Assert.Equal(1, await test.Database.Scans.CountAsync(grid.Name, _cancellation));
        var runs = await test.Database.Queries.ListRunsAsync(grid.Name, Sample.Noon.AddYears(-11), Sample.Noon, _cancellation);
        Assert.Equal([false, false, true], runs.Select(run => run.MapsDroppedAt is null));
        Assert.Equal(3, (await test.Database.Verification.SkillAsync(grid.Name, _cancellation)).Count);
        Assert.Empty(await test.Database.Queries.RainAtAsync(152.3, -27.3, Sample.Noon.AddYears(-10).AddDays(1.5), _cancellation));
        await Assert.ThrowsAsync<ReportedException>(() => test.Database.Queries.LoadRunAsync(runs[0].RunId, _cancellation));
        // The archive may be read in again.
        await test.Database.Scans.StoreAsync(Sample.RadarFrame(grid, Sample.Noon.AddYears(-10)), "x", cancellation: _cancellation);
        Assert.Equal(2, await test.Database.Scans.CountAsync(grid.Name, _cancellation));
    }

    [Fact]
    public async Task GdalReadsTheSamePixelAtTheSamePlace()
    {
        var grid = Sample.StereographicGrid();
        var forecast = Sample.Forecast(grid, Sample.Noon.AddYears(1));
        await test.Database.Forecasts.PublishAsync(forecast, _cancellation);
        var stored = await test.Database.Grids.GetAsync(grid.Name, _cancellation);
        var settings = new NpgsqlConnectionStringBuilder(test.ConnectionString);
        var source = $"PG:host={settings.Host} dbname={settings.Database} user={settings.Username} schema=nowcast "
            + $"table=latest_forecast_{stored.ViewName} where='lead_minutes=10' mode=2 column=";

        var info = await GdalAsync("gdalinfo", "-json", source + "rast");
        using var json = System.Text.Json.JsonDocument.Parse(info);
        var size = json.RootElement.GetProperty("size").EnumerateArray().Select(value => value.GetInt32()).ToArray();
        var origin = json.RootElement.GetProperty("geoTransform").EnumerateArray().Select(value => value.GetDouble()).ToArray();
        Assert.Equal([256, 192], size);
        Assert.Equal([grid.OriginX, 1000, 0, grid.OriginY, 0, -1000], origin);
        Assert.Equal(1, json.RootElement.GetProperty("bands").GetArrayLength());
        Assert.Contains("Polar Stereographic", json.RootElement.GetProperty("coordinateSystem").GetProperty("wkt").GetString());

        var pixel = Array.FindIndex(forecast.RainRate[1], 20_000, rate => rate > 5);
        var (x, y) = (grid.CentreX(pixel % grid.Width), grid.CentreY(pixel / grid.Width));
        Assert.Equal([forecast.RainRate[1][pixel]], await PixelAsync("rast"), (a, b) => Math.Abs(a - b) < 1e-4);
        Assert.Equal(
            forecast.ExceedanceProbability.Select(leads => 100 * leads[1][pixel]), await PixelAsync("percent"),
                (a, b) => Math.Abs(a - b) < 1e-3);

        // The same place on earth: GDAL and rain_at find the same rain by longitude and latitude.
        var raining = Enumerable.Range(0, 4).Select(i => Array.FindIndex(forecast.RainRate[1], 6_000 * (i + 1), rate => rate > 2))
            .ToArray();
        var lonLat = await test.ScalarAsync<double[]>(
            "SELECT array_agg(c ORDER BY n, axis) FROM (SELECT n, ST_Transform(ST_SetSRID(ST_Point(x, y), $3), 4326) AS p FROM unnest($1, "
                + "$2) WITH ORDINALITY AS u (x, y, n)) AS s, LATERAL (VALUES (1, ST_X(p)), (2, ST_Y(p))) AS v (axis, c)",
            raining.Select(at => grid.CentreX(at % grid.Width)).ToArray(), raining.Select(at => grid.CentreY(at / grid.Width)).ToArray(),
                stored.Srid);
        for (var i = 0; i < raining.Length; i++)
        {
            var (lon, lat) = (lonLat[2 * i], lonLat[(2 * i) + 1]);
            var gdal = float.Parse(await GdalAsync("gdallocationinfo", "-valonly", "-wgs84", source + "rast", Text(lon), Text(lat)),
                CultureInfo.InvariantCulture);
            Assert.Equal(forecast.RainRate[1][raining[i]], gdal, 1e-4f);
            Assert.Equal(gdal, (await test.Database.Queries.RainAtAsync(lon, lat, Sample.Noon.AddYears(1), _cancellation))[1]
                .RainMmH!.Value,
                1e-4f);
        }

        async Task<IEnumerable<float>> PixelAsync(string column) =>
            (await GdalAsync("gdallocationinfo", "-valonly", "-geoloc", source + column, Text(x), Text(y)))
                .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(value => float.Parse(value, CultureInfo.InvariantCulture));

        static string Text(double number) => number.ToString(CultureInfo.InvariantCulture);
    }

    private static async Task<string> GdalAsync(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
            var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal(0, process.ExitCode);
            return output;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip($"{program} is not installed (Debian: gdal-bin)");
            return "";
        }
    }

    private string As(string role) => new NpgsqlConnectionStringBuilder(test.ConnectionString) { Username = role }.ConnectionString;

    private async Task<NpgsqlConnection> AsRoleAsync(string role)
    {
        var connection = new NpgsqlConnection(As(role));
        await connection.OpenAsync(_cancellation);
        // So that it is the privileges that refuse, not the role's read-only default.
        await ExecuteOnAsync(connection, "SET default_transaction_read_only = off");
        return connection;
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = await test.Database.DataSource.OpenConnectionAsync(_cancellation);
        await ExecuteOnAsync(connection, sql);
    }

    private async Task ExecuteOnAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(_cancellation);
    }
}
