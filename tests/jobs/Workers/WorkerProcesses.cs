using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Simulation;
using ConvLstm.Nowcast.Jobs.Retraining;
using ConvLstm.Nowcast.Jobs.Workers;
using ConvLstm.Nowcast.Tests.Storage;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Jobs.Workers;

/// <summary>The child processes: what becomes of them and of the database.</summary>
public sealed class WorkerProcesses(TestDatabase test) : IClassFixture<TestDatabase>, IAsyncLifetime
{
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        foreach (var scan in RainSimulator.Run(new() { Size = 64, Frames = 100, Seed = 3, Start = DateTimeOffset.UtcNow.Date.AddDays(-1) }))
            await test.Database.Scans.StoreAsync(scan.Frame, "x.nc", cancellation: CancellationToken.None);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task AProcessThatWantsMoreMemoryThanItMayCostsOnlyItself()
    {
        var error = await Assert.ThrowsAsync<ReportedException>(() =>
            WorkerProcess.RunAsync(Training(memoryMB: 150), isPatient: true, _ => { }, _cancellation));

        Assert.True(error.Message.Contains("memory", StringComparison.OrdinalIgnoreCase)
            || error.Message.Contains("exit status", StringComparison.Ordinal), error.Message);
        Assert.Equal(0, await test.ScalarAsync<long>("SELECT count(*) FROM nowcast.models WHERE NOT is_promoted"));
    }

    [Fact]
    public async Task CancellingATrainingKillsIt()
    {
        using var stop = new CancellationTokenSource();
        var said = new List<string>();

        var training = WorkerProcess.RunAsync(Training(memoryMB: 0), isPatient: true, message =>
        {
            said.Add(message.Text);
            // At work in native code: the first steps are done.
            if (message.Text.StartsWith("epoch", StringComparison.Ordinal))
                stop.Cancel();
        }, stop.Token);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => training);
        Assert.Contains(said, s => s.StartsWith("epoch", StringComparison.Ordinal));
        Assert.Equal(0, await test.ScalarAsync<long>("SELECT count(*) FROM nowcast.models WHERE NOT is_promoted"));
    }

    private WorkerRequest Training(int memoryMB) => WorkerRequest.Of(
        RetrainWork.Name, test.ConnectionString, DateTimeOffset.UtcNow, memoryMB,
        new RetrainWorkOptions(new() { Minutes = 30, Hidden = [8], Crop = 32, Blocks = 1, HeldOutShare = 0.3 }, TimeSpan.FromHours(1)));
}
