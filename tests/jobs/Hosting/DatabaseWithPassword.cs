using System.Net.Http.Json;
using ConvLstm.Nowcast.Jobs.Web.Api;
using ConvLstm.Nowcast.Storage.Queries;
using ConvLstm.Nowcast.Tests.Jobs.Commands;
using ConvLstm.Nowcast.Tests.Storage;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Jobs.Hosting;

/// <summary>All that opens the database does so where it wants a password: the program as people start it, on a server over TCP.</summary>
public sealed class DatabaseWithPassword(PasswordServer server, Archive archive) : IClassFixture<PasswordServer>, IClassFixture<Archive>
{
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task TheCommandsWork()
    {
        using var folder = new TemporaryFolder();
        var cli = Cli.In(folder, server.Address);
        Assert.Contains("1 scans stored", await cli.DoAsync("ingest", archive.FileOf(20)), StringComparison.Ordinal);
        Assert.Contains("nowcast at 127.0.0.1", await cli.DoAsync("db", "status"), StringComparison.Ordinal);
        Assert.Contains("42", await cli.DoAsync("db", "psql", "SELECT 6 * 7"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheServedMapFollowsWhatIsPublished()
    {
        var grid = Tests.Storage.Sample.LonLatGrid();
        using var folder = new TemporaryFolder();
        using var service = Cli.In(folder, server.Address).Start("serve", "--roles", "web", "--urls", "http://127.0.0.1:0");
        try
        {
            var greeting = await service.StandardOutput.ReadLineAsync(_cancellation);
            Cli.Forget(service);
            using var client = new HttpClient
            {
                BaseAddress = new Uri(greeting!.Split(' ').First(word => word.StartsWith("http", StringComparison.Ordinal)).TrimEnd(';')),
            };
            for (var run = 1; run <= 2; run++)
            {
                var rate = run;
                await server.Database.Forecasts.PublishAsync(
                    Tests.Storage.Sample.Forecast(grid, Tests.Storage.Sample.Noon.AddMinutes(5 * run),
                        rate: _ => Tests.Storage.Sample.Even(grid, rate)), _cancellation);
                while (await RainAsync(client) != rate)
                    await Task.Delay(100, _cancellation);
            }
        }
        finally
        {
            service.Kill();
            await service.WaitForExitAsync(CancellationToken.None);
        }
    }

    [Fact]
    public async Task TheJobsTakeTheFeedAndForecast()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("feed"));
        var cli = Cli.In(folder, server.Address).With("NOWCAST_FEED", folder.File("feed")).With("NOWCAST_LEADMINUTES", "10")
            .With("NOWCAST_NOWCAST__ONNEWSCAN", "true");
        await cli.DoAsync(["ingest", .. Enumerable.Range(0, 4).Select(archive.FileOf)]);
        using var service = cli.Start("serve", "--roles", "scheduler,ingest,forecast");
        try
        {
            Assert.StartsWith("working as", await service.StandardOutput.ReadLineAsync(_cancellation), StringComparison.Ordinal);
            Cli.Forget(service);
            File.Copy(archive.FileOf(4), folder.File("feed/.coming"));
            File.Move(folder.File("feed/.coming"), folder.File("feed/scan.nc"));
            await using var published =
                server.Database.DataSource.CreateCommand("SELECT count(*) FROM nowcast.run WHERE usable AND issue_time = $1");
            published.Parameters.Add(new() { Value = archive.Frames[4].ValidTime });
            while ((long)(await published.ExecuteScalarAsync(_cancellation))! == 0)
                await Task.Delay(100, _cancellation);
        }
        finally
        {
            service.Kill();
            await service.WaitForExitAsync(CancellationToken.None);
        }
    }

    private async Task<double?> RainAsync(HttpClient client)
    {
        using var answer = await client.GetAsync(new Uri("/api/rain-at?lon=152.7&lat=-27.5", UriKind.Relative), _cancellation);
        return answer.IsSuccessStatusCode && await answer.Content.ReadFromJsonAsync<RainAnswer<RainAtPoint>>(
            _cancellation) is { Leads: [var first, ..] } ? first.RainMmH : null;
    }
}
