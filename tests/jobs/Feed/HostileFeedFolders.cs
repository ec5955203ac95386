using System.Diagnostics;
using ConvLstm.Nowcast.Jobs.Feed;
using ConvLstm.Nowcast.Tests.Storage;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Jobs.Feed;

/// <summary>
/// What somebody may put into a feed to stop it or to reach through it: each costs itself alone, and the good file behind it is taken.
/// </summary>
public sealed class HostileFeedFolders(TestCluster cluster) : FeedTest(cluster)
{
    private readonly TemporaryFolder _elsewhere = new();

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        File.Move(Sample.RadarFile(Folder, Rain[0]), Folder.File("zz.nc"));
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _elsewhere.Dispose();
    }

    [Fact]
    public async Task LinksAreNotFollowedAndWhatTheyLeadToStaysAsItIs()
    {
        var theirs = Sample.RadarFile(_elsewhere, Rain[0]);
        await File.WriteAllTextAsync(_elsewhere.File("letter.nc"), "not rain", Cancellation);
        File.CreateSymbolicLink(Folder.File("file.nc"), theirs);
        File.CreateSymbolicLink(Folder.File("nowhere.nc"), _elsewhere.File("absent.nc"));
        Directory.CreateSymbolicLink(Folder.File("folder"), _elsewhere.Path);
        Directory.CreateSymbolicLink(Folder.File("up"), "..");
        Directory.CreateSymbolicLink(Folder.File("itself"), ".");

        Assert.Equal(new FeedSummary(1, 0, 0, 0) { Left = 5 }, await TakeAsync());
        Assert.Equal(["file.nc", "folder", "itself", "nowhere.nc", "up"],
            Outcomes.Where(o => o.Stays).Select(o => Path.GetFileName(o.Path)).Order(StringComparer.Ordinal));
        Assert.All(Outcomes.Where(o => o.Stays), o => Assert.Contains("it is a link", o.Problem, StringComparison.Ordinal));
        Assert.True(File.Exists(theirs) && File.Exists(_elsewhere.File("letter.nc")));
        // Said once, also by a watch that is new.
        Assert.Equal(new FeedSummary(0, 0, 0, 0), await TakeAsync());
    }

    [Fact]
    public async Task PipesAndNamesThatAreNoTextStopNothing()
    {
        using (var make = Process.Start("bash",
            ["-c", "cd \"$1\" && mkfifo pipe.nc && "
                + "echo no rain > $'bytes\\xff.nc' && echo no rain > $'two\\nlines.nc' && echo no rain > -rf.nc", "_", Folder.Path]))
            await make.WaitForExitAsync(Cancellation);

        Assert.Equal(new FeedSummary(1, 0, 0, 2) { Left = 2 }, await TakeAsync().WaitAsync(TimeSpan.FromMinutes(1), Cancellation));
        var left = Outcomes.Where(o => o.Stays).Select(o => o.Problem!).Order(StringComparer.Ordinal).ToList();
        Assert.Contains("it is a pipe, a device or a socket", left[0], StringComparison.Ordinal);
        Assert.Contains("its name is not in UTF-8", left[1], StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(Quarantine, "two\nlines.nc.reason.txt"))
            && File.Exists(Path.Combine(Quarantine, "-rf.nc.reason.txt")));
        Assert.Equal(new FeedSummary(0, 0, 0, 0), await TakeAsync());
        // .NET cannot delete what it cannot name.
        using (var remove = Process.Start("bash", ["-c", "rm \"$1\"/bytes*", "_", Folder.Path]))
            await remove.WaitForExitAsync(Cancellation);
    }

    [Fact]
    public async Task TheLongestNamesFitIntoQuarantineTwice()
    {
        var long1 = new string('ü', 126) + ".nc";
        var long2 = new string('ü', 125) + "u.nc";
        for (var i = 0; i < 2; i++)
        {
            await File.WriteAllTextAsync(Folder.File(long1), $"letter {i}", Cancellation);
            await File.WriteAllTextAsync(Folder.File(long2), $"letter {i} too", Cancellation);
            Assert.Equal(2, (await TakeAsync()).Quarantined);
        }
        Assert.Equal(4, Directory.GetFiles(Quarantine, "ü*.reason.txt").Length);
        Assert.Equal(4, Directory.GetFiles(Quarantine, "ü*").Select(File.ReadAllText)
            .Count(text => text.StartsWith("letter", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task AFileThatCannotBeMovedIsSaidAndLeftAlone()
    {
        Directory.CreateDirectory(Folder.File("sub"));
        await File.WriteAllTextAsync(Folder.File("sub/letter.nc"), "not rain", Cancellation);
        // In the way of the folder that would take it.
        Directory.CreateDirectory(Quarantine);
        await File.WriteAllTextAsync(Path.Combine(Quarantine, "sub"), "", Cancellation);

        Assert.Equal(new FeedSummary(1, 0, 0, 0) { Left = 1 }, await TakeAsync());
        Assert.Contains("cannot be moved to", Assert.Single(Outcomes.Single(o => o.Stays).Notes), StringComparison.Ordinal);
        Assert.Equal(new FeedSummary(0, 0, 0, 0), await TakeAsync());
        await File.AppendAllTextAsync(Folder.File("sub/letter.nc"), " at all", Cancellation);
        Assert.Equal(1, (await TakeAsync()).Left);
    }

    private Task<FeedSummary> TakeAsync() =>
        TakeAsync(DecoderOptions.Default.OfFeed with { Processes = 1, FileLimit = TimeSpan.FromMinutes(1) });
}
