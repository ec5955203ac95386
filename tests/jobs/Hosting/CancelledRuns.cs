using System.Diagnostics;
using System.Globalization;
using ConvLstm.Nowcast.Ingest.Simulation;
using ConvLstm.Nowcast.Jobs.Feed;
using ConvLstm.Nowcast.Jobs.Ingest;
using ConvLstm.Nowcast.Jobs.Nowcasts;
using ConvLstm.Nowcast.Jobs.Retraining;
using ConvLstm.Nowcast.Jobs.Workers;
using ConvLstm.Nowcast.Tests.Jobs.Commands;
using ConvLstm.Nowcast.Tests.Storage;
using Hangfire;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Jobs.Hosting;

/// <summary>
/// Runs that a person stops while a process is at work for them: reading files, forecasting, training. Once each in the suite;
/// <c>ops/campaigns/cancels.sh</c> does it 10 times (NOWCAST_TEST_CANCELS) and shows what <c>cancels.txt</c> holds then.
/// </summary>
public sealed class CancelledRuns(TestDatabase test) : IClassFixture<TestDatabase>
{
    private const int Copies = 25;

    private static readonly SimulationOptions Rain = new()
    {
        Size = 256, Frames = 140, Seed = 5, Start = DateTimeOffset.UtcNow.Date.AddDays(-2),
    };
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;
    private readonly Random _random = new(7);
    private readonly List<string> _figures = [];

    private static int Cancels =>
        int.Parse(Environment.GetEnvironmentVariable("NOWCAST_TEST_CANCELS") ?? "1", CultureInfo.InvariantCulture);

    [Fact]
    public async Task TheirProcessesEndAndNothingHalfDoneIsLeft()
    {
        using var folder = new TemporaryFolder();
        var (files, feed) = (folder.File("files"), Directory.CreateDirectory(folder.File("feed")));
        await Cli.In(folder).DoAsync("simulate", "--out", files, "--size", "512", "--frames", "12");
        var frames = RainSimulator.Run(Rain).Select(s => s.Frame).ToArray();
        var stored = frames.Length - Cancels;
        foreach (var frame in frames[..stored])
            await test.Database.Scans.StoreAsync(frame, "before.nc", cancellation: _cancellation);
        var cli = Cli.In(folder, test.ConnectionString).With("NOWCAST_FEED", feed.FullName).With("NOWCAST_RETRAIN__MINUTES", "30")
            .With("NOWCAST_RETRAIN__CROP", "64");
        foreach (var cron in new[] { "INGEST", "NOWCAST", "VERIFY", "RETRAIN", "RETENTION", "WATCHDOG" })
            cli = cli.With($"NOWCAST_{cron}__CRON", "0 0 29 2 *");
        using var server = cli.Start("serve", "--roles", "ingest,forecast,train");
        try
        {
            await server.StandardOutput.ReadLineAsync(_cancellation);
            Cli.Forget(server);
            await using var remote = await Server.RemoteAsync(test.Database, _cancellation);
            for (var round = 0; round < Cancels; round++)
            {
                foreach (var file in Directory.GetFiles(files))
                    for (var copy = 0; copy < Copies; copy++)
                        File.Copy(file, Path.Combine(feed.FullName, $"{round}-{copy}-{Path.GetFileName(file)}"));
                await CancelAsync(server, IngestJob.Name, DecoderProcess.Verb, remote,
                    remote.Jobs.Enqueue<IngestJob>(job => job.RunAsync(null!, CancellationToken.None)));
                await test.Database.Scans.StoreAsync(frames[stored++], "new.nc", cancellation: _cancellation);
                await CancelAsync(server, NowcastJob.Name, WorkerProcess.Verb, remote,
                    remote.Jobs.Enqueue<NowcastJob>(job => job.RunAsync(null!, CancellationToken.None)));
                await CancelAsync(server, RetrainJob.Name, WorkerProcess.Verb, remote,
                    remote.Jobs.Enqueue<RetrainJob>(job => job.RunAsync(null!, CancellationToken.None)));
            }
        }
        finally
        {
            server.Kill(entireProcessTree: true);
            await server.WaitForExitAsync(CancellationToken.None);
        }
        await File.WriteAllLinesAsync(Path.Combine(AppContext.BaseDirectory, "cancels.txt"), _figures, _cancellation);
        Assert.Equal(0, await test.IncompleteRunsAsync());
        Assert.Equal(0, await test.ScalarAsync<long>("SELECT count(*) FROM nowcast.lease WHERE expires_at > now()"));
    }

    /// <summary>As the button on the job's page does it: the engine's record of the job says that it is deleted.</summary>
    private async Task CancelAsync(Process server, string job, string verb, Server remote, string id)
    {
        IReadOnlyList<int> children;
        while ((children = ChildrenOf(server.Id, verb)).Count == 0)
        {
            Assert.False(
                await test.Database.Jobs.ListAsync(job, 1, _cancellation) is [{ FinishedAt: not null } last] && last.EngineJob == id,
                $"{job} ended before it was stopped");
            await Task.Delay(20, _cancellation);
        }
        await Task.Delay(_random.Next(1000), _cancellation);
        children = ChildrenOf(server.Id, verb);
        var since = Stopwatch.GetTimestamp();
        Assert.True(remote.Jobs.Delete(id));
        while (ChildrenOf(server.Id, verb).Intersect(children).Any())
            await Task.Delay(5, _cancellation);
        var ended = Stopwatch.GetElapsedTime(since).TotalSeconds;
        // The newest run: on a busy machine one may have lost its lease, and was begun anew.
        var run = (await test.Database.UntilAsync(job, all => all.First(r => r.EngineJob == id).FinishedAt is not null, _cancellation))
            .First(r => r.EngineJob == id);
        var noted = Stopwatch.GetElapsedTime(since).TotalSeconds;
        Assert.Equal(("cancelled", "stopped by a person"), (run.Outcome, run.Message));
        Assert.NotEmpty(children);
        _figures.Add(FormattableString.Invariant($"{job} {ended:0.00} {noted:0.00}"));
    }

    private static IReadOnlyList<int> ChildrenOf(int parent, string verb) =>
    [
        .. Directory.EnumerateDirectories("/proc")
            .Select(d => int.TryParse(Path.GetFileName(d), CultureInfo.InvariantCulture, out var id) ? id : 0)
            .Where(id => id > 0 && IsChild(id, parent, verb)),
    ];

    private static bool IsChild(int process, int parent, string verb)
    {
        try
        {
            var status = File.ReadAllText($"/proc/{process}/stat");
            // One that has ended and is not buried yet has no command line.
            return int.Parse(status[(status.LastIndexOf(')') + 4)..].Split(' ')[0], CultureInfo.InvariantCulture) == parent
                && File.ReadAllText($"/proc/{process}/cmdline").Split('\0').Contains(verb);
        }
        catch (IOException)
        {
            // It has ended meanwhile.
            return false;
        }
    }
}
