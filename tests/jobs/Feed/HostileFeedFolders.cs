using System.Diagnostics;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Simulation;
using ConvLstm.Nowcast.Jobs.Feed;
using ConvLstm.Nowcast.Storage;
using ConvLstm.Nowcast.Tests.Storage;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Jobs.Feed;

/// <summary>
/// What somebody may put into a feed to stop it or to reach through it: each costs itself alone, and the good file behind it is taken.
/// </summary>
public sealed class HostileFeedFolders(TestCluster cluster) : IAsyncLifetime
{
    private static readonly RadarFrame Rain = RainSimulator.Run(new() { Size = 64, Frames = 1, Seed = 3 }).Single().Frame;

    private readonly TemporaryFolder _folder = new();
    private readonly TemporaryFolder _elsewhere = new();
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;
    private readonly List<FileOutcome> _outcomes = [];
    private NowcastDatabase _database = null!;

    private string Quarantine => _folder.File("quarantine");

    public async ValueTask InitializeAsync()
    {
        _database = await NowcastDatabase.OpenAsync(await cluster.CreateDatabaseAsync(_cancellation), _cancellation);
        File.Move(Sample.RadarFile(_folder, Rain), _folder.File("zz.nc"));
    }

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        _elsewhere.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task LinksAreNotFollowedAndWhatTheyLeadToStaysAsItIs()
    {
        var theirs = Sample.RadarFile(_elsewhere, Rain);
        await File.WriteAllTextAsync(_elsewhere.File("letter.nc"), "not rain", _cancellation);
        File.CreateSymbolicLink(_folder.File("file.nc"), theirs);
        File.CreateSymbolicLink(_folder.File("nowhere.nc"), _elsewhere.File("absent.nc"));
        Directory.CreateSymbolicLink(_folder.File("folder"), _elsewhere.Path);
        Directory.CreateSymbolicLink(_folder.File("up"), "..");
        Directory.CreateSymbolicLink(_folder.File("itself"), ".");

        Assert.Equal(new FeedSummary(1, 0, 0, 0) { Left = 5 }, await TakeAsync());
        Assert.Equal(["file.nc", "folder", "itself", "nowhere.nc", "up"],
            _outcomes.Where(o => o.Stays).Select(o => Path.GetFileName(o.Path)).Order(StringComparer.Ordinal));
        Assert.All(_outcomes.Where(o => o.Stays), o => Assert.Contains("it is a link", o.Problem, StringComparison.Ordinal));
        Assert.True(File.Exists(theirs) && File.Exists(_elsewhere.File("letter.nc")));
        // Said once, also by a watch that is new.
        Assert.Equal(new FeedSummary(0, 0, 0, 0), await TakeAsync());
    }

    [Fact]
    public async Task PipesAndNamesThatAreNoTextStopNothing()
    {
        using (var make = Process.Start("bash",
            ["-c", "cd \"$1\" && mkfifo pipe.nc && "
                + "echo no rain > $'bytes\\xff.nc' && echo no rain > $'two\\nlines.nc' && echo no rain > -rf.nc", "_", _folder.Path]))
            await make.WaitForExitAsync(_cancellation);

        Assert.Equal(new FeedSummary(1, 0, 0, 2) { Left = 2 }, await TakeAsync().WaitAsync(TimeSpan.FromMinutes(1), _cancellation));
        var left = _outcomes.Where(o => o.Stays).Select(o => o.Problem!).Order(StringComparer.Ordinal).ToList();
        Assert.Contains("it is a pipe, a device or a socket", left[0], StringComparison.Ordinal);
        Assert.Contains("its name is not in UTF-8", left[1], StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(Quarantine, "two\nlines.nc.reason.txt"))
            && File.Exists(Path.Combine(Quarantine, "-rf.nc.reason.txt")));
        Assert.Equal(new FeedSummary(0, 0, 0, 0), await TakeAsync());
        // .NET cannot delete what it cannot name.
        using (var remove = Process.Start("bash", ["-c", "rm \"$1\"/bytes*", "_", _folder.Path]))
            await remove.WaitForExitAsync(_cancellation);
    }

    [Fact]
    public async Task TheLongestNamesFitIntoQuarantineTwice()
    {
        var long1 = new string('ü', 126) + ".nc";
        var long2 = new string('ü', 125) + "u.nc";
        for (var i = 0; i < 2; i++)
        {
            await File.WriteAllTextAsync(_folder.File(long1), $"letter {i}", _cancellation);
            await File.WriteAllTextAsync(_folder.File(long2), $"letter {i} too", _cancellation);
            Assert.Equal(2, (await TakeAsync()).Quarantined);
        }
        Assert.Equal(4, Directory.GetFiles(Quarantine, "ü*.reason.txt").Length);
        Assert.Equal(4, Directory.GetFiles(Quarantine, "ü*").Select(File.ReadAllText)
            .Count(text => text.StartsWith("letter", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task AFileThatCannotBeMovedIsSaidAndLeftAlone()
    {
        Directory.CreateDirectory(_folder.File("sub"));
        await File.WriteAllTextAsync(_folder.File("sub/letter.nc"), "not rain", _cancellation);
        // In the way of the folder that would take it.
        Directory.CreateDirectory(Quarantine);
        await File.WriteAllTextAsync(Path.Combine(Quarantine, "sub"), "", _cancellation);

        Assert.Equal(new FeedSummary(1, 0, 0, 0) { Left = 1 }, await TakeAsync());
        Assert.Contains("cannot be moved to", Assert.Single(_outcomes.Single(o => o.Stays).Notes), StringComparison.Ordinal);
        Assert.Equal(new FeedSummary(0, 0, 0, 0), await TakeAsync());
        await File.AppendAllTextAsync(_folder.File("sub/letter.nc"), " at all", _cancellation);
        Assert.Equal(1, (await TakeAsync()).Left);
    }

    private async Task<FeedSummary> TakeAsync() => (await new FeedWatch(
        new(_folder.Path) { Interval = TimeSpan.FromMilliseconds(150), Patience = TimeSpan.Zero }, _database,
        DecoderOptions.Default.OfFeed with { Processes = 1, FileLimit = TimeSpan.FromMinutes(1) }, TimeProvider.System)
            .TakeOnceAsync(_outcomes.Add, _cancellation))!;
}
