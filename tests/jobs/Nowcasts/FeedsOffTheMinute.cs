using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Simulation;
using ConvLstm.Nowcast.Jobs.Nowcasts;
using ConvLstm.Nowcast.Jobs.Verification;
using ConvLstm.Nowcast.Tests.Storage;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Jobs.Nowcasts;

/// <summary>A radar that scans when it is ready: its times are some seconds off the minute, or drift.</summary>
public sealed class FeedsOffTheMinute(TestDatabase test) : IClassFixture<TestDatabase>
{
    private const int Past = 9, Leads = 4;
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    // Seconds from one scan to the next, in turn.
    [Theory]
    [InlineData(300, 307, 293)]
    [InlineData(312, 318, 309)]
    [InlineData(329, 343, 331)]
    public async Task ARunIsOfItsScanKnowsItsInputsAndIsVerified(params int[] steps)
    {
        var times = new List<DateTimeOffset> { Tests.Storage.Sample.Noon.AddDays(steps[0]).AddSeconds(11) };
        while (times.Count < Past + Leads)
            times.Add(times[^1].AddSeconds(steps[times.Count % steps.Length]));
        var frames = RainSimulator.Run(new() { Seed = steps[0], Frames = Past + Leads, Size = 48 })
            .Select((s, i) => new RadarFrame(s.Frame.Grid, times[i], s.Frame.RainRate)).ToArray();
        foreach (var frame in frames[..Past])
            await test.Database.Scans.StoreAsync(frame, $"{frame.ValidTime:HHmmss}.nc", cancellation: _cancellation);
        var grid = frames[0].Grid.Name;

        var outcomes = await new NowcastPass(test.Database, null, TimeSpan.FromMinutes(25)).RunAsync(_cancellation);

        Assert.Equal([null, null], outcomes.Where(o => o.Grid == grid).Select(o => o.Problem));
        Assert.All(outcomes.Where(o => o.Grid == grid), o => Assert.Equal(times[Past - 1], o.IssueTime));
        var feed = (await test.Database.Feeds.ListAsync(_cancellation)).Single(f => f.Grid == grid);
        Assert.True(feed.ForecastByExtrapolation);
        Assert.Equal(0, await test.ScalarAsync<long>(
            "SELECT count(*) FROM nowcast.run AS r CROSS JOIN LATERAL unnest(r.input_times) AS t LEFT JOIN nowcast.scan AS s "
                + "ON s.grid_id = r.grid_id AND s.valid_time = t WHERE s.valid_time IS NULL AND r.issue_time = $1", times[Past - 1]));

        foreach (var frame in frames[Past..])
            await test.Database.Scans.StoreAsync(frame, $"{frame.ValidTime:HHmmss}.nc", cancellation: _cancellation);
        Assert.Equal(2 * Leads, await new VerificationPass(test.Database).RunAsync(times[Past - 1], _cancellation));
        Assert.Empty(await test.Database.Verification.PendingAsync(grid, times[Past - 1], _cancellation));
    }
}
