using System.Diagnostics;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Jobs.Heavy;
using ConvLstm.Nowcast.Jobs.Pipeline;
using ConvLstm.Nowcast.Jobs.Work;
using ConvLstm.Nowcast.Model.Checkpoints;
using ConvLstm.Nowcast.Tests.Jobs.Commands;
using ConvLstm.Nowcast.Tests.Storage;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Jobs.Service;

/// <summary>The process that forecasts at each scan stays between runs; what ends it costs one run.</summary>
public sealed class ProcessesThatStay(TestDatabase test, TrainedModel trained) : IClassFixture<TestDatabase>, IClassFixture<TrainedModel>, IAsyncLifetime
{
    private readonly CancellationToken cancellation = TestContext.Current.CancellationToken;
    private readonly List<HeavyMessage> said = [];
    private KeptProcess kept = null!;
    private int stored;

    public ValueTask InitializeAsync()
    {
        kept = new(() => Request(isRehearsal: true));
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => kept.DisposeAsync();

    [Fact]
    public async Task OneProcessForecastsFromOneScanAfterTheOtherAndTakesTheModelThatIsPromotedMeanwhile()
    {
        await StoreAsync(5);
        kept.Prepare();
        await ForecastAsync();
        var first = kept.Id;
        await StoreAsync(1);
        await ForecastAsync();
        Assert.Equal(first, kept.Id);
        Assert.NotNull(first);
        Assert.Equal(2L, await ModelRunsAsync("lagrangian-%"));

        using var model = Checkpoint.Load(trained.File, CPU);
        await ForecastModel.StoreAsync(test.Database, model, trained.File, "{}", cancellation);
        await test.Database.Models.PromoteAsync(model.Version, "", cancellation);
        await StoreAsync(1);
        await ForecastAsync();

        Assert.Equal(first, kept.Id);
        Assert.Equal(1L, await ModelRunsAsync(model.Version));
        // The rehearsal published nothing.
        Assert.Equal(3L, await ModelRunsAsync("%"));
    }

    [Fact]
    public async Task AProcessThatIsKilledAtWorkOrAtRestCostsOneRunAtMost()
    {
        await StoreAsync(5);
        var error = await Assert.ThrowsAsync<ReportedException>(() => ForecastAsync(message => Kill()));
        Assert.Contains("nowcast process ended in the middle (killed", error.Message, StringComparison.Ordinal);
        await ForecastAsync();

        var idle = kept.Id;
        Kill();
        await ForecastAsync();
        Assert.NotEqual(idle, kept.Id);

        void Kill()
        {
            using var process = Process.GetProcessById(kept.Id!.Value);
            process.Kill();
            process.WaitForExit();
        }
    }

    [Fact]
    public async Task CancellingEndsTheProcessAndTheNextRunHasAnother()
    {
        await StoreAsync(5);
        using var stop = new CancellationTokenSource();
        var at = 0;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => kept.RunAsync(Request(), _ =>
        {
            at = kept.Id ?? at;
            stop.Cancel();
        }, stop.Token));
        Assert.Null(kept.Id);
        Assert.False(Directory.Exists($"/proc/{at}"));

        await ForecastAsync();
        Assert.NotNull(kept.Id);
    }

    private async Task ForecastAsync(Action<HeavyMessage>? hear = null)
    {
        var result = await kept.RunAsync(Request(), message =>
        {
            said.Add(message);
            hear?.Invoke(message);
        }, cancellation);
        Assert.False(result.IsSpent, string.Join("; ", said.Select(m => m.Data?.ToString() ?? m.Text)));
    }

    private HeavyRequest Request(bool isRehearsal = false) => HeavyRequest.Of(
        NowcastWork.Name, test.ConnectionString, DateTimeOffset.UtcNow, memoryMB: 6144, new NowcastWorkOptions(null, WithModel: true, TimeSpan.FromMinutes(10), isRehearsal));

    private async Task StoreAsync(int scans)
    {
        foreach (var frame in trained.Archive.Frames.Skip(stored).Take(scans))
            await test.Database.Scans.StoreAsync(frame, "x", cancellation: cancellation);
        stored += scans;
    }

    private Task<long> ModelRunsAsync(string version) => test.ScalarAsync<long>("SELECT count(*) FROM nowcast.run WHERE method = 'model' AND model_version LIKE $1", version);
}
