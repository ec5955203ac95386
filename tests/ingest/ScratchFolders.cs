using System.Diagnostics;
using ConvLstm.Nowcast.Ingest;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Ingest;

public sealed class ScratchFolders : IDisposable
{
    private readonly TemporaryFolder _within = new();

    public void Dispose() => _within.Dispose();

    [Fact]
    public void OnlyThoseWhoseProcessIsGoneAreDeleted()
    {
        using var own = ScratchFolder.Create("test", _within.Path);
        using var another = ScratchFolder.Create("test", _within.Path);
        Directory.CreateDirectory(_within.File("nowcast-test-older"));
        Directory.CreateDirectory(_within.File("nowcast-else-killed"));
        File.WriteAllText(_within.File("nowcast-else-killed/.lock"), "");
        Directory.CreateDirectory(_within.File("nowcast-test-killed/deep"));
        File.WriteAllText(_within.File("nowcast-test-killed/.lock"), "");
        File.WriteAllText(_within.File("nowcast-test-killed/deep/scan.f32"), "rain");

        Assert.Equal(1, ScratchFolder.DeleteAbandoned("test", _within.Path));
        Assert.False(Directory.Exists(_within.File("nowcast-test-killed")));
        Assert.True(Directory.Exists(own.Path) && Directory.Exists(another.Path));
        Assert.True(Directory.Exists(_within.File("nowcast-test-older")) && Directory.Exists(_within.File("nowcast-else-killed")));
    }

    [Fact]
    public void AChildThatOutlivesItsOwnerHoldsNothing()
    {
        Directory.CreateDirectory(_within.File("nowcast-test-killed"));
        Process child;
        // As an owner holds it, until it is killed.
        using (new FileStream(_within.File("nowcast-test-killed/.lock"), FileMode.Create, FileAccess.ReadWrite, FileShare.None))
        {
            child = Process.Start("sleep", "60");
            Assert.Equal(0, ScratchFolder.DeleteAbandoned("test", _within.Path));
        }
        using (child)
        {
            Assert.Equal(1, ScratchFolder.DeleteAbandoned("test", _within.Path));
            child.Kill();
        }
    }

    [Fact]
    public void ItIsTheUsersOwn()
    {
        if (OperatingSystem.IsWindows())
            return;
        using var folder = ScratchFolder.Create("test", _within.Path);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder.Path));
    }
}
