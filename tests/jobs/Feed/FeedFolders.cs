using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Simulation;
using ConvLstm.Nowcast.Jobs.Feed;
using ConvLstm.Nowcast.Jobs.Nowcasts;
using ConvLstm.Nowcast.Storage;
using ConvLstm.Nowcast.Tests.Ingest;
using ConvLstm.Nowcast.Tests.Storage;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Jobs.Feed;

/// <summary>A feed folder, its decoders in child processes, and a real database.</summary>
public sealed class FeedFolders(TestCluster cluster) : IAsyncLifetime
{
    private static readonly RadarFrame[] Rain = [.. RainSimulator.Run(new() { Size = 64, Frames = 24, Seed = 3 }).Select(s => s.Frame)];

    private readonly TemporaryFolder _folder = new();
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;
    private readonly List<FileOutcome> _outcomes = [];
    private NowcastDatabase _database = null!;

    private string Feed => _folder.Path;

    private string Quarantine => _folder.File("quarantine");

    public async ValueTask InitializeAsync() =>
        _database = await NowcastDatabase.OpenAsync(await cluster.CreateDatabaseAsync(_cancellation), _cancellation);

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task ScansOfEachFormatAreTakenOnceAlsoAfterARestart()
    {
        Some.RadarFile(_folder, Rain[0]);
        var place = ProjectionCases.All[0].Grid(40, 30, 1000);
        new OdimVariant().Write(_folder.File("composite.hdf"), place, Some.Time, new double[place.PixelCount]);
        // A name proves nothing.
        new KnmiVariant().Write(_folder.File("image.dat"), place, Some.Time.AddMinutes(5), new int[place.PixelCount]);
        Compressed.CopyOf(Some.RadarFile(_folder, Rain[1]));

        Assert.Equal(new FeedSummary(4, 1, 0, 0), await TakeAsync());
        Assert.Equal(new FeedSummary(0, 0, 0, 0), await TakeAsync());
        // The database decides where the memory of the feed is lost.
        File.Delete(Path.Combine(Quarantine, ".taken"));
        Assert.Equal(new FeedSummary(0, 5, 0, 0), await TakeAsync());
        Assert.Equal(4, await _database.Scans.CountAsync(null, _cancellation));
    }

    [Fact]
    public async Task AFileThatIsStillBeingWrittenWaits()
    {
        var whole = await File.ReadAllBytesAsync(Some.RadarFile(_folder, Rain[0]), _cancellation);
        File.Delete(_folder.File(Path.GetFileName(Directory.GetFiles(Feed)[0])));
        await File.WriteAllBytesAsync(_folder.File("later.nc.part"), whole, _cancellation);
        await File.WriteAllBytesAsync(_folder.File(".hidden.nc"), whole, _cancellation);
        await using (var writer = new FileStream(_folder.File("slow.nc"), FileMode.Create, FileAccess.Write, FileShare.ReadWrite))
        {
            await writer.WriteAsync(whole.AsMemory(0, whole.Length / 2), _cancellation);
            await writer.FlushAsync(_cancellation);
            Assert.Equal(new FeedSummary(0, 0, 0, 0), await TakeAsync());
            await writer.WriteAsync(whole.AsMemory(whole.Length / 2), _cancellation);
        }
        Assert.Equal(new FeedSummary(1, 0, 0, 0), await TakeAsync());
        File.Move(_folder.File("later.nc.part"), _folder.File("later.nc"));
        Assert.Equal(new FeedSummary(0, 1, 0, 0), await TakeAsync());
        Assert.Empty(Directory.GetFiles(Quarantine, "*.nc"));
    }

    [Fact]
    public async Task AnUploadThatStopsAndIsTakenUpAgainIsOneScan()
    {
        var whole = await File.ReadAllBytesAsync(Some.RadarFile(_folder, Rain[0]), _cancellation);
        File.Delete(Directory.GetFiles(Feed)[0]);
        var (path, time) = (_folder.File("resumed.nc"), new SettableTime());
        await File.WriteAllBytesAsync(path, whole[..(whole.Length / 2)], _cancellation);
        var watch = new FeedWatch(Options with { Patience = TimeSpan.FromMinutes(1) }, _database,
            new() { Processes = 1, FileLimit = TimeSpan.FromMinutes(1) }, time);

        // It looks complete: nobody writes to it.
        time.Now = File.GetLastWriteTimeUtc(path).AddSeconds(30);
        Assert.Equal(new FeedSummary(0, 0, 0, 0), await watch.TakeOnceAsync(_outcomes.Add, _cancellation));
        Assert.Contains("stays in the feed, as it may still grow", Assert.Single(_outcomes[^1].Notes), StringComparison.Ordinal);

        await using (var rest = new FileStream(path, FileMode.Append))
            await rest.WriteAsync(whole.AsMemory(whole.Length / 2), _cancellation);
        time.Now = File.GetLastWriteTimeUtc(path).AddSeconds(30);
        Assert.Equal(new FeedSummary(1, 0, 0, 0), await watch.TakeOnceAsync(_outcomes.Add, _cancellation));
        Assert.Empty(Directory.GetFiles(Quarantine, "*.nc"));
    }

    [Fact]
    public async Task AnUploadThatIsNeverTakenUpAgainEndsInQuarantine()
    {
        var whole = await File.ReadAllBytesAsync(Some.RadarFile(_folder, Rain[0]), _cancellation);
        File.Delete(Directory.GetFiles(Feed)[0]);
        await File.WriteAllBytesAsync(_folder.File("half.nc"), whole[..(whole.Length / 2)], _cancellation);
        var time = new SettableTime { Now = File.GetLastWriteTimeUtc(_folder.File("half.nc")).AddSeconds(61) };
        var watch = new FeedWatch(Options with { Patience = TimeSpan.FromMinutes(1) }, _database,
            new() { Processes = 1, FileLimit = TimeSpan.FromMinutes(1) }, time);

        Assert.Equal(new FeedSummary(0, 0, 0, 1), await watch.TakeOnceAsync(_outcomes.Add, _cancellation));
        Assert.Contains("damaged or cut short", await File.ReadAllTextAsync(Path.Combine(Quarantine, "half.nc.reason.txt"), _cancellation),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatCannotBeUsedGoesToQuarantineWithTheReasonBesideIt()
    {
        var good = await File.ReadAllBytesAsync(Some.RadarFile(_folder, Rain[0]), _cancellation);
        Directory.CreateDirectory(_folder.File("radar 66"));
        for (var i = 0; i < 2; i++)
        {
            await File.WriteAllTextAsync(_folder.File("letter.nc"), $"letter {i}", _cancellation);
            await File.WriteAllBytesAsync(_folder.File("radar 66/cut.nc"), good[..(good.Length / 2)], _cancellation);
            Assert.Equal(2, (await TakeAsync()).Quarantined);
        }

        foreach (var name in (string[])["letter.nc", "letter.nc.2", "radar 66/cut.nc", "radar 66/cut.nc.2"])
        {
            Assert.False(File.Exists(_folder.File(name)));
            Assert.True(File.Exists(Path.Combine(Quarantine, name)), name);
            var reason = await File.ReadAllTextAsync(Path.Combine(Quarantine, name + ".reason.txt"), _cancellation);
            Assert.Contains(name.Contains("cut", StringComparison.Ordinal) ? "damaged or cut short" : "a text file", reason,
                StringComparison.Ordinal);
            Assert.Single(reason.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        }
        Assert.Equal("letter 1", await File.ReadAllTextAsync(Path.Combine(Quarantine, "letter.nc.2"), _cancellation));
        Assert.Equal(1, await _database.Scans.CountAsync(null, _cancellation));
    }

    [Theory]
    [InlineData("kill -SEGV $$", "ended the decoder (memory fault)")]
    [InlineData("kill -ABRT $$", "ended the decoder (aborted)")]
    [InlineData("exit 3", "ended the decoder (exit status 3)")]
    [InlineData("exec sleep 600", "took over 0.5 seconds")]
    public async Task ADecoderThatDiesOrHangsCostsOneFile(string end, string reason)
    {
        Some.RadarFile(_folder, Rain[0]);
        // Ready, as the protocol has it, then the end at the first question; the next one is a decoder as always.
        var decoder = _folder.File(".decoder.sh");
        var spoilt = _folder.File(".spoilt");
        await File.WriteAllTextAsync(decoder, $"""
            [ -e '{spoilt}' ] && exec '{Path.Combine(AppContext.BaseDirectory, "nowcast")}' decode-worker "$@"
            : > '{spoilt}'
            printf '\001\000\000\000\000'
            head -c 1 > /dev/null
            {end}
            """, _cancellation);
        var options = new DecoderOptions { Processes = 1, Program = ["/bin/sh", decoder], FileLimit = TimeSpan.FromSeconds(0.5) };

        Assert.Equal(new FeedSummary(0, 0, 0, 1), await TakeAsync(options));
        Assert.Contains(reason, Assert.Single(_outcomes).Problem, StringComparison.Ordinal);

        Some.RadarFile(_folder, Rain[1]);
        Assert.Equal(new FeedSummary(1, 0, 0, 0), await TakeAsync(options with { FileLimit = TimeSpan.FromMinutes(1) }));
    }

    [Theory]
    [InlineData("once", 1, 0)]
    [InlineData("always", 0, 1)]
    public async Task AFileWhoseDecoderIsKilledFromOutsideIsReadOnceMore(string times, int stored, int quarantined)
    {
        Some.RadarFile(_folder, Rain[0]);
        var decoder = _folder.File(".killed.sh");
        await File.WriteAllTextAsync(decoder, $"""
            [ -e '{_folder.File(".once")}' ] && exec '{Path.Combine(AppContext.BaseDirectory, "nowcast")}' decode-worker "$@"
            : > '{_folder.File("." + times)}'
            printf '\001\000\000\000\000'
            head -c 1 > /dev/null
            kill -KILL $$
            """, _cancellation);

        var options = new DecoderOptions { Processes = 1, Program = ["/bin/sh", decoder], FileLimit = TimeSpan.FromMinutes(1) };
        Assert.Equal(new FeedSummary(stored, 0, 0, quarantined), await TakeAsync(options));
    }

    [Fact]
    public async Task ADecoderIsReplacedWhenItHasReadItsShareOfFiles()
    {
        string[] files = [.. Rain[..5].Select(frame => Some.RadarFile(_folder, frame))];
        using var decoders = new DecoderPool(new() { Processes = 1, FilesPerProcess = 2, FileLimit = TimeSpan.FromMinutes(1) });
        await foreach (var outcome in new ScanIntake(_database, decoders, TimeProvider.System).TakeAsync(files, _cancellation))
            Assert.Equal((1, null), (outcome.Stored, outcome.Problem));
        Assert.Equal(3, decoders.Started);
    }

    [Fact]
    public async Task ADecoderThatDoesNotStartBlamesNoFile()
    {
        var file = Some.RadarFile(_folder, Rain[0]);
        foreach (var program in (string[][])[["/bin/sh", "-c", "exit 7"], ["/nonexistent/nowcast"]])
        {
            var error = await Assert.ThrowsAsync<ReportedException>(() => TakeAsync(new() { Program = program }));
            Assert.Contains("decode", error.Message, StringComparison.Ordinal);
        }
        Assert.True(File.Exists(file));
        Assert.Equal(new FeedSummary(1, 0, 0, 0), await TakeAsync());
    }

    [Fact]
    public async Task ScansThatComeTwiceLateAndInAnyOrderAreOneSequence()
    {
        foreach (var i in (int[])[3, 0, 2])
            Some.RadarFile(_folder, Rain[i]);
        Assert.Equal(3, (await TakeAsync()).Stored);
        Some.RadarFile(_folder, Rain[4]);
        Some.RadarFile(_folder, Rain[1], "late.nc");
        Some.RadarFile(_folder, Rain[3], "again.nc");
        Assert.Equal(new FeedSummary(2, 1, 0, 0), await TakeAsync());

        var sequence = await NewestScans.LoadAsync(_database, Rain[0].Grid.Name, 12, _cancellation);

        Assert.Equal(Rain[..5].Select(f => f.ValidTime), sequence!.Frames.Select(f => f.ValidTime));
        Assert.DoesNotContain(sequence.Frames, f => f.IsInterpolated);
    }

    [Fact]
    public async Task ABadScanIsKeptAndMarkedAndNotUsed()
    {
        for (var i = 0; i < 6; i++)
            Some.RadarFile(_folder, i == 4
                ? new RadarFrame(Rain[4].Grid, Rain[4].ValidTime, [.. Rain[4].RainRate.Select((r, n) => n % 50 == 0 ? 900 : r)]) : Rain[i]);

        Assert.Equal(new FeedSummary(6, 0, 1, 0), await TakeAsync());

        Assert.Contains("range", Assert.Single(_outcomes.SelectMany(o => o.Marked)), StringComparison.Ordinal);
        await using var asked = _database.DataSource.CreateCommand(
            "SELECT string_agg(f->>'check', ' ') FROM nowcast.scan, jsonb_array_elements(quality->'findings') AS f WHERE NOT "
                + "(quality->>'usable')::boolean AND NOT (f->>'passed')::boolean");
        Assert.Equal("range", await asked.ExecuteScalarAsync(_cancellation));
        Assert.Equal(6, (await _database.Scans.LatestAsync(Rain[0].Grid.Name, 12, _cancellation)).Count);
        var sequence = await NewestScans.LoadAsync(_database, Rain[0].Grid.Name, 12, _cancellation);
        Assert.Equal([false, false, false, false, true, false], sequence!.Frames.Select(f => f.IsInterpolated));
        Assert.All(sequence.Frames, f => Assert.DoesNotContain(f.RainRate, r => r > 500));
    }

    [Fact]
    public async Task TheQualityControlRemembersAcrossARestart()
    {
        foreach (var frame in Rain[..20])
            Some.RadarFile(_folder, frame);
        await TakeAsync();
        // Frozen, which only shows beside the scan before.
        Some.RadarFile(_folder, new RadarFrame(Rain[0].Grid, Rain[20].ValidTime, Rain[19].RainRate));
        await TakeAsync();
        Assert.Contains("frozen", Assert.Single(_outcomes[^1].Marked), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFeedHasOneWatcher()
    {
        var options = new FeedOptions(Feed);
        using var first = FeedState.Open(options, new FeedFolder(options, TimeProvider.System));
        Assert.NotNull(first);
        Assert.Null(await Watch().TakeOnceAsync(_outcomes.Add, _cancellation));
        var error = await Assert.ThrowsAsync<ReportedException>(() => Watch().WatchAsync(_outcomes.Add, _ => { }, _cancellation));
        Assert.Contains("watched by another", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheWatchWaitsForADatabaseThatIsAwayAndLosesNothing()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(_cancellation);
        var (away, stored) = (new TaskCompletionSource<string>(), new TaskCompletionSource<FileOutcome>());
        await DatabaseIsThereAsync(false);
        Some.RadarFile(_folder, Rain[0]);
        var watch = new FeedWatch(Options, _database, DecoderOptions.Default, new HastyTime())
            .WatchAsync(o => stored.TrySetResult(o), m => away.TrySetResult(m), stop.Token);

        Assert.Contains("Trying again", await away.Task.WaitAsync(_cancellation), StringComparison.Ordinal);
        await DatabaseIsThereAsync(true);

        Assert.Equal(1, (await stored.Task.WaitAsync(_cancellation)).Stored);
        await stop.CancelAsync();
        Assert.Equal(new FeedSummary(1, 0, 0, 0), await watch);
    }

    [Fact]
    public async Task AFolderThatIsNotThereIsNamed() => Assert.Contains("no such folder",
        (await Assert.ThrowsAsync<ReportedException>(() =>
            new FeedWatch(new(_folder.File("absent")), _database, DecoderOptions.Default, TimeProvider.System)
            .TakeOnceAsync(_outcomes.Add, _cancellation))).Message, StringComparison.Ordinal);

    private FeedOptions Options => new(Feed) { Interval = TimeSpan.FromMilliseconds(150), Patience = TimeSpan.Zero };

    // A machine of many tests may be slow: no file of theirs is to pay for that.
    private FeedWatch Watch(DecoderOptions? decoders = null) =>
        new(Options, _database, decoders ?? new() { Processes = 1, FileLimit = TimeSpan.FromMinutes(1) }, TimeProvider.System);

    private async Task<FeedSummary> TakeAsync(DecoderOptions? decoders = null)
    {
        // A process that another test starts at this moment holds this one's files open until it has become what it shall be.
        for (var i = 0; i < 50 && Directory.EnumerateFiles(Feed).Any(Writers.HasAny); i++)
            await Task.Delay(10, _cancellation);
        return (await Watch(decoders).TakeOnceAsync(_outcomes.Add, _cancellation))!;
    }

    private async Task DatabaseIsThereAsync(bool isThere)
    {
        var own = new Npgsql.NpgsqlConnectionStringBuilder(_database.ConnectionString);
        await using var admin = new Npgsql.NpgsqlConnection(
            new Npgsql.NpgsqlConnectionStringBuilder(own.ConnectionString) { Database = "postgres", Pooling = false }.ConnectionString);
        await admin.OpenAsync(_cancellation);
        await using var command = new Npgsql.NpgsqlCommand(
            $"ALTER DATABASE {own.Database} WITH ALLOW_CONNECTIONS {isThere}; SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE "
                + $"datname = '{own.Database}'", admin);
        await command.ExecuteNonQueryAsync(_cancellation);
    }

    private sealed class SettableTime : TimeProvider
    {
        internal DateTimeOffset Now { get; set; }

        public override DateTimeOffset GetUtcNow() => Now;
    }

    /// <summary>Waits are short.</summary>
    private sealed class HastyTime : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, dueTime > TimeSpan.FromMilliseconds(50) ? TimeSpan.FromMilliseconds(50) : dueTime, period);
    }
}
