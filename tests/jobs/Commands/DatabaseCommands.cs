using System.Globalization;
using System.Text.Json;
using ConvLstm.Nowcast.Files;
using ConvLstm.Nowcast.Ingest.Projection;
using ConvLstm.Nowcast.Storage;
using ConvLstm.Nowcast.Tests.Storage;
using Npgsql;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Jobs.Commands;

public sealed class DatabaseCommands(TestCluster cluster, Archive archive) : IClassFixture<Archive>, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task FilesIngestedTwiceAreStoredOnceAndABadOneCostsOnlyItself()
    {
        await File.WriteAllTextAsync(_folder.File("notes.nc"), "no radar", _cancellation);
        var database = await cluster.CreateDatabaseAsync(_cancellation);
        var cli = Cli.In(_folder, database);

        var first = await cli.RunAsync("ingest", "notes.nc", archive.FileOf(0), archive.FileOf(1), archive.FileOf(2));
        var second = await cli.DoAsync("ingest", archive.FileOf(1), archive.FileOf(2), archive.FileOf(3));

        Assert.Equal(1, first.ExitCode);
        Assert.Contains("notes.nc", Assert.Single(first.ErrorLines), StringComparison.Ordinal);
        Assert.Contains("3 scans stored, 0 were there already, 1 files", first.Out, StringComparison.Ordinal);
        Assert.Contains("1 scans stored, 2 were there already", second, StringComparison.Ordinal);
        Assert.Equal(4L, await ScalarAsync(database, "SELECT count(*) FROM nowcast.scan"));
    }

    [Fact]
    public async Task WhatIsDoneIsToldToProgramsAsJson()
    {
        var database = await cluster.CreateDatabaseAsync(_cancellation);
        var cli = Cli.In(_folder, database).With("NOWCAST_LEADMINUTES", "10");
        string[] scans = [.. Enumerable.Range(0, 5).Select(archive.FileOf)];

        using var ingested = JsonDocument.Parse(await cli.DoAsync(["ingest", "--json", .. scans]));
        using var forecast = JsonDocument.Parse(
            await cli.DoAsync(["forecast", "--json", "--method", "extrapolation", "--lead", "10", "--out", "f.nc", "--data", .. scans]));
        using var run = JsonDocument.Parse(await cli.DoAsync("run", "--json"));

        Assert.Equal(5, ingested.RootElement.GetProperty("stored").GetInt32());
        var written = Assert.Single(forecast.RootElement.EnumerateArray());
        Assert.Equal(("f.nc", archive.Frames[4].ValidTime),
            (written.GetProperty("file").GetString(), written.GetProperty("issueTime").GetDateTimeOffset()));
        Assert.Equal([5, 10], written.GetProperty("leadMinutes").EnumerateArray().Select(l => l.GetDouble()));
        Assert.Equal(["extrapolation", "model", "persistence"],
            run.RootElement.GetProperty("runs").EnumerateArray().Select(r => r.GetProperty("method").GetString()!).Order());
    }

    [Fact]
    public async Task APastPeriodIsForecastFromTheScansOfItsTimeAndVerifiedAndAgainWithoutHarm()
    {
        var database = await cluster.CreateDatabaseAsync(_cancellation);
        var cli = Cli.In(_folder, database).With("NOWCAST_LEADMINUTES", "20");
        await cli.DoAsync(["ingest", .. Enumerable.Range(0, 20).Select(archive.FileOf)]);
        string[] line = ["hindcast", "--from", Iso(8), "--to", Iso(14), "--every", "3"];

        var report = await cli.DoAsync(line);
        await cli.DoAsync(line);

        Assert.Equal("published: 9 runs of 3 issue times\nverify: 36 maps scored\n", report);
        Assert.Equal(9L, await ScalarAsync(database, "SELECT count(*) FROM nowcast.run"));
        Assert.Equal(9L, await ScalarAsync(database,
            $"SELECT count(*) FROM nowcast.run WHERE issue_time IN ('{Iso(8)}', '{Iso(11)}', '{Iso(14)}')"));
        Assert.Equal(3L, await ScalarAsync(database, "SELECT count(DISTINCT method) FROM nowcast.skill"));
        Assert.Contains("ingest radar files of that time", await cli.FailAsync(1, "hindcast", "--from", "2001-01-01", "--to", "2001-01-02"),
            StringComparison.Ordinal);
        Assert.Contains("--from 2024-06-02T00:00:00Z is after --to",
            await cli.FailAsync(2, "hindcast", "--from", "2024-06-02", "--to", "2024-06-01"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ARunAnswersAtAPlaceWhatTheForecastSaysThere()
    {
        var database = await cluster.CreateDatabaseAsync(_cancellation);
        var cli = Cli.In(_folder, database).With("NOWCAST_LEADMINUTES", "30");
        string[] scans = [.. Enumerable.Range(0, 8).Select(archive.FileOf)];
        await cli.DoAsync(["forecast", "--lead", "30", "--out", "f.nc", "--data", .. scans]);
        await cli.DoAsync(["ingest", .. scans]);

        var report = await cli.DoAsync("run");

        Assert.Contains("UTC model, ", report, StringComparison.Ordinal);
        var forecast = ForecastFile.Read(_folder.File("f.nc"));
        using var locator = new GridLocator(forecast.Grid);
        await using var opened = await NowcastDatabase.OpenAsync(database, _cancellation);
        foreach (var pixel in new[] { 0, (20 * 48) + 31, Wettest(forecast.RainRate[2]), forecast.Grid.PixelCount - 1 })
        {
            var (lon, lat) = locator.LonLat(pixel % 48, pixel / 48);
            var rows = await opened.Queries.RainAtAsync(lon, lat, null, _cancellation);
            Assert.Equal([5, 10, 15, 20, 25, 30], rows.Select(r => r.LeadMinutes));
            for (var lead = 0; lead < 6; lead++)
            {
                Assert.Equal(forecast.RainRate[lead][pixel], rows[lead].RainMmH ?? float.NaN, 0.0101f);
                Assert.Equal(forecast.ExceedanceProbability[forecast.Thresholds.ToList().IndexOf(1)][lead][pixel],
                    rows[lead].P1 ?? float.NaN, 0.0061f);
                Assert.Equal(forecast.ValidTime(lead), rows[lead].ValidTime);
            }
        }
    }

    [Fact]
    public async Task ALaterRunVerifiesTheOneBefore()
    {
        var cli = Cli.In(_folder, await cluster.CreateDatabaseAsync(_cancellation)).With("NOWCAST_LEADMINUTES", "15");
        await cli.DoAsync("ingest", archive.FileOf(0), archive.FileOf(1), archive.FileOf(2));
        Assert.Contains("verify: 0 maps", await cli.DoAsync("run"), StringComparison.Ordinal);

        foreach (var scan in new[] { 3, 4 })
            File.Copy(archive.FileOf(scan), _folder.File(Path.GetFileName(archive.FileOf(scan))));
        var report = await cli.DoAsync("run", "--feed", ".");

        Assert.Contains("ingest: 2 scans stored", report, StringComparison.Ordinal);
        // Two leads of the model that comes with the program, of extrapolation and of persistence.
        Assert.Contains("verify: 6 maps", report, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ARunWithoutScansSaysWhatToDo()
    {
        var cli = Cli.In(_folder, await cluster.CreateDatabaseAsync(_cancellation));

        Assert.Contains("nowcast ingest", await cli.FailAsync(1, "run"), StringComparison.Ordinal);
        await cli.DoAsync("ingest", archive.FileOf(0));
        Assert.Contains("nowcast ingest", await cli.FailAsync(1, "run"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheStatusNamesMigrationsGridsAndScans()
    {
        var cli = Cli.In(_folder, await cluster.CreateDatabaseAsync(_cancellation));
        Assert.Contains("up to date", await cli.DoAsync("db", "migrate"), StringComparison.Ordinal);
        await cli.DoAsync("ingest", archive.FileOf(0), archive.FileOf(1));

        var status = await cli.DoAsync("db", "status");

        Assert.Contains($"{archive.Frames[0].Grid.Name}: 2 scans, no run", status, StringComparison.Ordinal);
        Assert.Matches(@"migration +001 foundation +\d{4}-", status);
        Assert.DoesNotContain("not applied", status, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheDatabaseOfSomebodyElseIsNotStopped()
    {
        var cli = Cli.In(_folder, await cluster.CreateDatabaseAsync(_cancellation));

        Assert.Contains("NOWCAST_DB", await cli.FailAsync(1, "db", "stop"), StringComparison.Ordinal);
        Assert.Contains("up to date", await cli.DoAsync("db", "migrate"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task PsqlAsksTheSameDatabase()
    {
        if (!File.Exists("/usr/bin/psql"))
            Assert.Skip("psql is not installed.");
        var cli = Cli.In(_folder, await cluster.CreateDatabaseAsync(_cancellation));
        await cli.DoAsync("ingest", archive.FileOf(0));

        Assert.Matches(@"(?m)^ +1$", await cli.DoAsync("db", "psql", "SELECT count(*) FROM nowcast.scan"));
        Assert.Equal(1, (await cli.RunAsync("db", "psql", "SELECT nonsense")).ExitCode);
    }

    [Fact]
    public async Task TheDoctorLooksAtEverythingAndFindsWhatIsWrong()
    {
        var healthy = await Cli.In(_folder, await cluster.CreateDatabaseAsync(_cancellation)).RunAsync("doctor");
        var ill = await Cli.In(_folder).RunAsync("doctor");

        foreach (var what in new[] { "runtime", "libtorch", "libnetcdf", "settings", "database" })
            Assert.Matches($@"(?m)^ok +{what} ", healthy.Out);
        Assert.Contains("PostGIS", healthy.Out, StringComparison.Ordinal);
        // Whether the machine is quick enough just now is not for a test to say.
        Assert.Equal(healthy.Out.Contains("WRONG", StringComparison.Ordinal) ? 1 : 0, healthy.ExitCode);
        Assert.Equal(1, ill.ExitCode);
        Assert.Matches(@"(?m)^WRONG +database .*NOWCAST_DB", ill.Out);
        Assert.Matches(@"(?m)^ok +libnetcdf ", ill.Out);
        Assert.Empty(ill.Error);
    }

    [Fact]
    public async Task ADayOfRealScansIsStoredOnce()
    {
        var scans = RadarData.Path("bom_brisbane_20201031");
        var database = await cluster.CreateDatabaseAsync(_cancellation);
        var cli = Cli.In(_folder, database);

        Assert.Contains("144 scans stored", await cli.DoAsync("ingest", scans), StringComparison.Ordinal);
        Assert.Contains("0 scans stored, 144 were there already", await cli.DoAsync("ingest", scans), StringComparison.Ordinal);
        await cli.DoAsync("run");

        Assert.Equal(144L, await ScalarAsync(database, "SELECT count(*) FROM nowcast.scan"));
        Assert.Equal(6L, await ScalarAsync(database, "SELECT count(*) FROM nowcast.rain_at(153.02, -27.47)"));
    }

    private string Iso(int scan) => archive.Frames[scan].ValidTime.ToString("yyyy-MM-ddTHH:mm:ssZ", null);

    public void Dispose() => _folder.Dispose();

    private static int Wettest(float[] rain) => Array.IndexOf(rain, rain.Where(r => !float.IsNaN(r)).Max());

    private async Task<long> ScalarAsync(string database, string sql)
    {
        await using var source = NpgsqlDataSource.Create(database);
        await using var command = source.CreateCommand(sql);
        return Convert.ToInt64(await command.ExecuteScalarAsync(_cancellation), CultureInfo.InvariantCulture);
    }
}
