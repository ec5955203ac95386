using ConvLstm.Nowcast.Tests.Jobs.Commands;
using ConvLstm.Nowcast.Tests.Storage;
using Npgsql;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Jobs.Web;

/// <summary>What people who only look cost the database.</summary>
public sealed class OpenPages(TestDatabase test, Chromium chromium) : IClassFixture<TestDatabase>, IClassFixture<Chromium>
{
    private const int MostIdle = 6, MostWithPages = 8, Looks = 50;
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task AnIdleServiceHoldsFewConnectionsWithTheMapAndTheDashboardOpen()
    {
        using var folder = new TemporaryFolder();
        var grid = Tests.Storage.Sample.LonLatGrid(width: 20, height: 20);
        await test.Database.Scans.StoreAsync(Tests.Storage.Sample.RadarFrame(grid), "x.nc", cancellation: _cancellation);
        await test.Database.Forecasts.PublishAsync(Tests.Storage.Sample.Forecast(grid, method: "extrapolation"), _cancellation);
        var cli = Cli.In(folder,
            new NpgsqlConnectionStringBuilder(test.ConnectionString) { ApplicationName = "open pages" }.ConnectionString);
        foreach (var cron in new[] { "INGEST", "NOWCAST", "VERIFY", "RETRAIN", "RETENTION", "WATCHDOG" })
            cli = cli.With($"NOWCAST_{cron}__CRON", "0 0 29 2 *");
        using var service = cli.Start("serve", "--urls", "http://127.0.0.1:0");
        try
        {
            var map = (await service.StandardOutput.ReadLineAsync(_cancellation))!.Split(' ')[2].TrimEnd(';');
            var dashboard = (await service.StandardOutput.ReadLineAsync(_cancellation))!["dashboard: ".Length..];
            Cli.Forget(service);
            Assert.InRange(await MedianAsync("no page"), 1, MostIdle);
            var context = await chromium.NewAsync(1280, 900, touch: false);
            foreach (var address in new[] { map, dashboard, $"{map}/hangfire/recurring", $"{map}/hangfire/feeds" })
                await (await context.NewPageAsync()).GotoAsync(address);
            // The pages ask now and then, on a busy machine at the same moment.
            Assert.InRange(await MedianAsync("four pages"), 1, MostWithPages);
        }
        finally
        {
            service.Kill(entireProcessTree: true);
            await service.WaitForExitAsync(CancellationToken.None);
        }
    }

    /// <summary>What starting and opening took goes back first.</summary>
    private async Task<long> MedianAsync(string open)
    {
        const string connections = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'open pages'";
        while (await test.ScalarAsync<long>(connections) > MostIdle)
            await Task.Delay(200, _cancellation);
        var seen = new List<long>();
        for (var look = 0; look < Looks; look++)
        {
            seen.Add(await test.ScalarAsync<long>(connections));
            await Task.Delay(100, _cancellation);
        }
        seen.Sort();
        TestContext.Current.SendDiagnosticMessage("connections with {0} open: {1} to {2}, median {3}", open, seen[0], seen[^1],
            seen[Looks / 2]);
        return seen[Looks / 2];
    }
}
