using System.Diagnostics;
using System.Globalization;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Simulation;
using ConvLstm.Nowcast.Jobs.Nowcasts;
using ConvLstm.Nowcast.Jobs.Retraining;
using ConvLstm.Nowcast.Tests.Jobs.Commands;
using ConvLstm.Nowcast.Tests.Jobs.Hosting;
using ConvLstm.Nowcast.Tests.Storage;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Jobs.Workers;

/// <summary>
/// Two servers on one database, of which the one at work is killed at random moments of forecasts and trainings. Once in the suite;
/// <c>ops/campaigns/kills.sh</c> does it 30 times (NOWCAST_TEST_KILLS).
/// </summary>
public sealed class KilledWorkers(TestDatabase test) : IClassFixture<TestDatabase>
{
    private static readonly SimulationOptions Rain = new()
    {
        Size = 64, Frames = 140, Seed = 5, Start = DateTimeOffset.UtcNow.Date.AddDays(-2),
    };
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;
    private readonly List<Process> _servers = [];

    private static int Kills => int.Parse(Environment.GetEnvironmentVariable("NOWCAST_TEST_KILLS") ?? "1", CultureInfo.InvariantCulture);

    [Fact]
    public async Task NoRunIsLostDoubledOrHalfPublished()
    {
        using var folder = new TemporaryFolder();
        var frames = RainSimulator.Run(Rain).Select(s => s.Frame).ToArray();
        var stored = frames.Length - Kills;
        foreach (var frame in frames[..stored])
            await StoreAsync(frame);
        var cli = Cli.In(folder, test.ConnectionString).With("NOWCAST_RETRAIN__MINUTES", "0.05").With("NOWCAST_RETRAIN__HIDDEN__0", "8")
            .With("NOWCAST_RETRAIN__CROP", "32")
            .With("NOWCAST_RETRAIN__BLOCKS", "2").With("NOWCAST_RETRAIN__HELDOUTSHARE", "0.3");
        foreach (var cron in new[] { "NOWCAST", "VERIFY", "RETRAIN", "RETENTION", "WATCHDOG" })
            cli = cli.With($"NOWCAST_{cron}__CRON", "0 0 29 2 *");
        var random = new Random(7);
        var takeovers = new List<(string Job, double Seconds)>();
        try
        {
            _servers.Add(await StartAsync(cli));
            _servers.Add(await StartAsync(cli));
            // The newest scan that was there has no forecast: that is made up for at the start.
            await test.Database.UntilAsync(NowcastJob.Name, runs => runs.Any(r => r.Outcome == "succeeded"), _cancellation);
            await UntilQuietAsync();
            await using var remote = await Server.RemoteAsync(test.Database, _cancellation);
            for (var kill = 0; kill < Kills; kill++)
            {
                var job = kill % 2 == 0 ? NowcastJob.Name : RetrainJob.Name;
                if (job == NowcastJob.Name)
                    await StoreAsync(frames[stored++]);
                var last = await test.Database.Jobs.ListAsync(job, 1, _cancellation) is [var before] ? before.JobRunId : 0;
                remote.Schedule.Trigger(job);
                var run = (await test.Database.UntilAsync(job, runs => runs.Any(r => r.JobRunId > last), _cancellation))
                    .First(r => r.JobRunId > last);
                await Task.Delay(random.Next(job == NowcastJob.Name ? 2500 : 9000), _cancellation);
                var children = await KillAsync(run.Server);
                var since = Stopwatch.GetTimestamp();
                _servers.Add(await StartAsync(cli));
                await test.Database.UntilAsync(job, runs => runs.Any(r => r.JobRunId > last && r.Outcome == "succeeded"), _cancellation);
                var taken = (await test.Database.Jobs.ListAsync(job, 1, _cancellation))[0];
                if (taken.JobRunId != run.JobRunId)
                    takeovers.Add((job, (taken.StartedAt - DateTimeOffset.UtcNow + Stopwatch.GetElapsedTime(since)).TotalSeconds));
                // A server that is killed just after its success leaves a run to take up, too.
                await UntilQuietAsync();
                Assert.All(children, child =>
                    Assert.False(Directory.Exists($"/proc/{child}"), $"the child {child} outlived its killed server"));
            }
        }
        finally
        {
            foreach (var server in _servers)
            {
                server.Kill(entireProcessTree: true);
                await server.WaitForExitAsync(CancellationToken.None);
                server.Dispose();
            }
        }
        foreach (var (job, seconds) in takeovers)
            TestContext.Current.SendDiagnosticMessage("{0} was taken up after {1:0.0} s", job, seconds);
        await File.WriteAllLinesAsync(Path.Combine(AppContext.BaseDirectory, "takeovers.txt"),
            takeovers.Select(t => string.Create(CultureInfo.InvariantCulture, $"{t.Job} {t.Seconds:0.0}")), _cancellation);
        Assert.All(takeovers, t => Assert.True(t.Seconds < 60, $"{t.Job} was taken up after {t.Seconds:0} s"));
        await CheckAsync();
    }

    /// <summary>The lease of a killed server runs out; after a minute none may be left.</summary>
    private async Task UntilLeasesAreGoneAsync()
    {
        var since = Stopwatch.GetTimestamp();
        while (await test.ScalarAsync<long>("SELECT count(*) FROM nowcast.lease WHERE expires_at > now()") > 0)
        {
            Assert.True(Stopwatch.GetElapsedTime(since) < TimeSpan.FromMinutes(1),
                "a lease is still held a minute after its server was killed");
            await Task.Delay(200, _cancellation);
        }
    }

    private async Task UntilQuietAsync()
    {
        var since = Stopwatch.GetTimestamp();
        while (await test.ScalarAsync<long>("SELECT count(*) FROM nowcast.job_run WHERE outcome = 'running'") > 0)
        {
            Assert.True(Stopwatch.GetElapsedTime(since) < TimeSpan.FromMinutes(2), "a run never ended");
            await Task.Delay(200, _cancellation);
        }
    }

    private async Task CheckAsync()
    {
        // At no time two runs of a job: an interrupted one counts as at work until the next has noticed.
        Assert.Equal(0, await test.ScalarAsync<long>(
            """
            SELECT count(*) FROM nowcast.job_run AS a JOIN nowcast.job_run AS b ON a.job = b.job AND a.job_run_id < b.job_run_id
            WHERE a.outcome <> 'interrupted' AND b.started_at < a.finished_at
            """));
        Assert.Equal(0, await test.ScalarAsync<long>(
            "SELECT count(*) FROM nowcast.job_run WHERE outcome IN ('running', 'failed', 'cancelled')"));
        Assert.Equal(1 + ((Kills + 1) / 2),
            await test.ScalarAsync<long>("SELECT count(DISTINCT issue_time) FROM nowcast.run WHERE method = 'extrapolation' AND usable"));
        Assert.Equal(1 + ((Kills + 1) / 2),
            await test.ScalarAsync<long>("SELECT count(DISTINCT issue_time) FROM nowcast.run WHERE method = 'persistence' AND usable"));
        Assert.Equal(0, await test.IncompleteRunsAsync());
        await UntilLeasesAreGoneAsync();
        Assert.True(await test.ScalarAsync<long>("SELECT count(*) FROM nowcast.model") > Kills / 2);
    }

    private async Task StoreAsync(RadarFrame frame) =>
        await test.Database.Scans.StoreAsync(frame, $"{frame.ValidTime:HHmm}.nc", cancellation: _cancellation);

    private async Task<Process> StartAsync(Cli cli)
    {
        var server = cli.Start("serve", "--roles", "scheduler,forecast,train");
        Assert.Equal("working as scheduler, forecast, train; Ctrl-C ends it", await server.StandardOutput.ReadLineAsync(_cancellation));
        Cli.Forget(server);
        return server;
    }

    /// <summary>Returns the processes that the server had started.</summary>
    private async Task<IReadOnlyList<int>> KillAsync(string name)
    {
        var server = _servers.Single(s => name.Contains($"-{s.Id}-", StringComparison.Ordinal));
        var children = Directory.EnumerateDirectories("/proc")
            .Select(d => int.TryParse(Path.GetFileName(d), CultureInfo.InvariantCulture, out var id) ? id : 0)
            .Where(id => id > 0 && ParentOf(id) == server.Id).ToArray();
        server.Kill();
        await server.WaitForExitAsync(_cancellation);
        server.Dispose();
        _servers.Remove(server);
        return children;
    }

    private static int ParentOf(int process)
    {
        try
        {
            var status = File.ReadAllText($"/proc/{process}/stat");
            return int.Parse(status[(status.LastIndexOf(')') + 4)..].Split(' ')[0], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            // It has ended meanwhile.
            return 0;
        }
    }
}
