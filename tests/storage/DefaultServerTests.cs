using Npgsql;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Storage;

/// <summary>A server that is left as it comes, and programs that know nothing of this one.</summary>
public sealed class DefaultServerTests(TestDatabase test) : IClassFixture<TestDatabase>
{
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task AnAreaIsAnsweredWithoutCompilingOnAServerThatCompiles()
    {
        await test.Database.Forecasts.PublishAsync(Sample.Forecast(Sample.LonLatGrid()), _cancellation);
        var plans = new List<string>();
        await using var connection = new NpgsqlConnection(test.ConnectionString);
        connection.Notice += (_, notice) => plans.Add(notice.Notice.MessageText);
        await connection.OpenAsync(_cancellation);
        await RunAsync(
            """
            LOAD 'auto_explain'; SET auto_explain.log_min_duration = 0; SET auto_explain.log_analyze = on; SET auto_explain.log_nested_statements = on;
            SET client_min_messages = log; SET jit = on; SET jit_above_cost = 0
            """);
        await RunAsync("SELECT count(*) FROM generate_series(1, 10)");
        if (!plans.Any(IsCompiled))
            Assert.Skip("This PostgreSQL was built without LLVM.");
        plans.Clear();

        await RunAsync("SELECT * FROM nowcast.rain_over(ST_MakeEnvelope(152.1, -27.8, 153.3, -27.1, 4326), 'infinity')");

        var within = plans.Where(plan => !plan.Contains("FROM nowcast.rain_over", StringComparison.Ordinal)).ToList();
        Assert.Contains(within, plan => plan.Contains("forecast_strip", StringComparison.Ordinal));
        Assert.DoesNotContain(within, IsCompiled);

        static bool IsCompiled(string plan) => plan.Contains("JIT:", StringComparison.Ordinal);

        async Task RunAsync(string sql)
        {
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync(_cancellation);
        }
    }

    [Fact]
    public async Task ReadersWritersAndTheProgramItselfDoNotCompile()
    {
        foreach (var role in new[] { "nowcast_reader", "nowcast_writer" })
        {
            await using var connection =
                new NpgsqlConnection(new NpgsqlConnectionStringBuilder(test.ConnectionString) { Username = role }.ConnectionString);
            await connection.OpenAsync(_cancellation);
            await using var show = new NpgsqlCommand("SHOW jit", connection);
            Assert.Equal("off", await show.ExecuteScalarAsync(_cancellation));
        }
        Assert.Equal("off", await test.ScalarAsync<string>("SHOW jit"));
    }

    [Theory]
    [InlineData("SELECT lead_minutes, tile_row FROM nowcast.latest_forecast WHERE lead_minutes = 30")]
    [InlineData("SELECT lead_minutes, tile_row FROM nowcast.latest_forecast WHERE grid = 'many' AND lead_minutes = 30")]
    [InlineData("SELECT lead_minutes, tile_row FROM nowcast.latest_forecast_many WHERE lead_minutes = 30")]
    [InlineData("SELECT tile_row FROM nowcast.map_at('many', 30)")]
    public async Task TheTilesOfOneLeadAreFoundByTheirIndex(string question)
    {
        await FillAsync();
        var plan = new List<string>();
        await using (var explain = test.Database.DataSource.CreateCommand($"EXPLAIN (ANALYZE, COSTS off, TIMING off) {question}"))
        await using (var rows = await explain.ExecuteReaderAsync(_cancellation))
        {
            while (await rows.ReadAsync(_cancellation))
                plan.Add(rows.GetString(0));
        }

        // The grids of other tests have a few tiles, which the planner may well read all.
        var many = (await test.Database.Grids.GetAsync("many", _cancellation)).Id;
        var tiles = plan.Where(line => line.Contains($"forecast_tile_{many}_", StringComparison.Ordinal)
            && !line.Contains("never executed", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(tiles);
        Assert.DoesNotContain(tiles, line => line.Contains("Seq Scan", StringComparison.Ordinal));
    }

    /// <summary>
    /// The questions of QGIS' provider for a layer (qgspostgresrasterprovider.cpp, init) and of its browser (qgspostgresconn.cpp,
    /// getTableInfo).
    /// </summary>
    [Fact]
    public async Task QgisFindsTheViewsOfAGridWithTheirProjection()
    {
        var grid = Sample.StereographicGrid();
        await test.Database.Forecasts.PublishAsync(Sample.Forecast(grid), _cancellation);
        var stored = await test.Database.Grids.GetAsync(grid.Name, _cancellation);
        await using var reader = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(test.ConnectionString) { Username = "nowcast_reader" }.ConnectionString);

        foreach (var table in new[] { "latest_forecast_" + stored.ViewName, "latest_scan_" + stored.ViewName })
        {
            await using var layer = reader.CreateCommand(
                $"""
                SELECT r_raster_column, srid, num_bands, pixel_types, nodata_values, ST_AsText(extent), blocksize_x, blocksize_y, out_db, spatial_index, scale_x, scale_y,
                       same_alignment, regular_blocking FROM raster_columns WHERE r_table_name = '{table}' AND r_table_schema = 'nowcast'
                """);
            await using var rows = await layer.ExecuteReaderAsync(_cancellation);
            Assert.True(await rows.ReadAsync(_cancellation));
            // The first row is the layer that QGIS shows.
            Assert.Equal(
                ("rast", stored.Srid, 1, "32BF", -1.0,
                    "POLYGON((100000 -4092000,100000 -3900000,356000 -3900000,356000 -4092000,100000 -4092000))", 64, 64, 1000.0, -1000.0),
                (rows.GetString(0), rows.GetInt32(1), rows.GetInt32(2), rows.GetFieldValue<string[]>(3).Single(),
                    rows.GetFieldValue<double[]>(4).Single(), rows.GetString(5),
                 rows.GetInt32(6), rows.GetInt32(7), rows.GetDouble(10), rows.GetDouble(11)));
            Assert.True(rows.GetBoolean(12) && rows.GetBoolean(13));
        }
        await using var browser = reader.CreateCommand(
            $"""
            SELECT c.relname, r.srid FROM raster_columns AS r, pg_class AS c, pg_namespace AS n
            WHERE c.relname = r.r_table_name AND r.r_table_schema = n.nspname AND n.oid = c.relnamespace AND r.srid = {stored.Srid} ORDER BY 1, r.r_raster_column
            """);
        var listed = new List<string>();
        await using (var rows = await browser.ExecuteReaderAsync(_cancellation))
        {
            while (await rows.ReadAsync(_cancellation))
                listed.Add(rows.GetString(0));
        }
        Assert.Equal(
            [$"forecast_tile_{stored.Id}", .. Enumerable.Repeat("latest_forecast_" + stored.ViewName, 3), "latest_scan_" + stored.ViewName,
                $"scan_tile_{stored.Id}"], listed);
    }

    /// <summary>A day and a half of forecasts of a grid named many, once for all questions.</summary>
    private async Task FillAsync()
    {
        var grid = Sample.LonLatGrid("many", 100, 100);
        if ((await test.Database.Grids.ListAsync(_cancellation)).Any(stored => stored.Grid.Name == grid.Name))
            return;
        for (var hour = -10; hour <= 24; hour++)
            await test.Database.Forecasts.PublishAsync(
                Sample.Forecast(grid, Sample.Noon.AddHours(hour), leads: 24, rate: _ => Sample.Even(grid, 1)), _cancellation);
        await using var analyze = test.Database.DataSource.CreateCommand("ANALYZE nowcast.forecast_tile");
        await analyze.ExecuteNonQueryAsync(_cancellation);
    }
}
