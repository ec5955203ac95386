using System.Diagnostics;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Jobs.Nowcasts;
using ConvLstm.Nowcast.Jobs.Workers;
using ConvLstm.Nowcast.Model.Checkpoints;
using ConvLstm.Nowcast.Tests.Jobs.Commands;
using ConvLstm.Nowcast.Tests.Storage;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Jobs.Workers;

/// <summary>The process that forecasts at each scan stays between runs; what ends it costs one run.</summary>
public sealed class WarmWorkerTests(TestDatabase test, TrainedModel trained) : IClassFixture<TestDatabase>, IClassFixture<TrainedModel>,
    IAsyncLifetime
{
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;
    private readonly List<WorkerMessage> _said = [];
    private WarmWorker _kept = null!;
    private int _stored;

    public ValueTask InitializeAsync()
    {
        _kept = new(() => Request(isRehearsal: true));
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => _kept.DisposeAsync();

    [Fact]
    public async Task OneProcessForecastsFromOneScanAfterTheOtherAndTakesTheModelThatIsPromotedMeanwhile()
    {
        await StoreAsync(5);
        _kept.Prepare();
        await ForecastAsync();
        var first = _kept.Id;
        await StoreAsync(1);
        await ForecastAsync();
        Assert.Equal(first, _kept.Id);
        Assert.NotNull(first);
        // With a heap for each thread every run would touch fresh pages for all its tensors.
        Assert.Contains("MALLOC_ARENA_MAX=1", (await File.ReadAllTextAsync($"/proc/{first}/environ", _cancellation)).Split('\0'));
        Assert.Equal(2L, await ModelRunsAsync("pooled-%"));

        using var model = Checkpoint.Load(trained.File, CPU);
        await ForecastModel.StoreAsync(test.Database, model, trained.File, "{}", _cancellation);
        await test.Database.Models.PromoteAsync(model.Version, "", _cancellation);
        await StoreAsync(1);
        await ForecastAsync();

        Assert.Equal(first, _kept.Id);
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

        var idle = _kept.Id;
        Kill();
        await ForecastAsync();
        Assert.NotEqual(idle, _kept.Id);

        void Kill()
        {
            using var process = Process.GetProcessById(_kept.Id!.Value);
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
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _kept.RunAsync(Request(), _ =>
        {
            at = _kept.Id ?? at;
            stop.Cancel();
        }, stop.Token));
        Assert.Null(_kept.Id);
        Assert.False(Directory.Exists($"/proc/{at}"));

        await ForecastAsync();
        Assert.NotNull(_kept.Id);
    }

    [Theory]
    [InlineData("MemTotal:       8000000 kB|MemFree:  100 kB|MemAvailable:    4000001 kB", true)]
    [InlineData("MemTotal:       8000000 kB|MemFree:  100 kB|MemAvailable:    4000000 kB", false)]
    [InlineData("MemTotal:       8000000 kB", false)]
    public void MemoryIsKeptAtRestWhereMoreThanHalfOfItIsAvailable(string meminfo, bool isPlenty) =>
        Assert.Equal(isPlenty, SystemMemory.IsPlenty(meminfo.Split('|')));

    private async Task ForecastAsync(Action<WorkerMessage>? hear = null)
    {
        var result = await _kept.RunAsync(Request(), message =>
        {
            _said.Add(message);
            hear?.Invoke(message);
        }, _cancellation);
        Assert.False(result.IsSpent, string.Join("; ", _said.Select(m => m.Data?.ToString() ?? m.Text)));
    }

    private WorkerRequest Request(bool isRehearsal = false) => WorkerRequest.Of(
        NowcastWork.Name, test.ConnectionString, DateTimeOffset.UtcNow, memoryMB: 6144,
            new NowcastWorkOptions(null, WithModel: true, TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(10), isRehearsal));

    private async Task StoreAsync(int scans)
    {
        foreach (var frame in trained.Archive.Frames.Skip(_stored).Take(scans))
            await test.Database.Scans.StoreAsync(frame, "x", cancellation: _cancellation);
        _stored += scans;
    }

    private Task<long> ModelRunsAsync(string version) =>
        test.ScalarAsync<long>("SELECT count(*) FROM nowcast.run WHERE method = 'model' AND model_version LIKE $1", version);
}
