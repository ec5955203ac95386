using ConvLstm.Nowcast.Jobs.Web;
using ConvLstm.Nowcast.Storage;
using ConvLstm.Nowcast.Tests.Storage;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Jobs.Web;

/// <summary>
/// Two databases, of which only the one that is named as the replica has anything: what is answered was read there.
/// <c>ops/campaigns/replica.sh</c> has a real standby.
/// </summary>
public sealed class AnswersOfAReplica(TestDatabase primary, TestCluster cluster) : IClassFixture<TestDatabase>
{
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task TheyAreReadThere()
    {
        var address = await cluster.CreateDatabaseAsync(_cancellation);
        await using var replica = await NowcastDatabase.OpenAsync(address, _cancellation);
        var grid = Tests.Storage.Sample.LonLatGrid(width: 20, height: 20);
        var published = await replica.Forecasts.PublishAsync(Tests.Storage.Sample.Forecast(grid), _cancellation);
        await using var web = WebService.Build(primary.Database, "http://127.0.0.1:0", new() { Replica = address });
        await web.StartAsync(_cancellation);
        using var client = new HttpClient { BaseAddress = new(web.Urls.Single()) };

        Assert.Contains(grid.Name, await client.GetStringAsync("/api/grids", _cancellation), StringComparison.Ordinal);
        Assert.Contains($"\"runId\":{published.RunId},",
            await client.GetStringAsync($"/api/runs?grid={Uri.EscapeDataString(grid.Name)}", _cancellation), StringComparison.Ordinal);
        Assert.Empty(await primary.Database.Grids.ListAsync(_cancellation));
    }
}
