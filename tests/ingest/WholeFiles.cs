using ConvLstm.Nowcast.Ingest;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Ingest;

public sealed class WholeFiles : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void WhatFailsOnTheWayLeavesWhatWasThere()
    {
        var path = _folder.File("a.txt");
        WholeFile.Write(path, "before");

        Assert.Throws<InvalidOperationException>(() => WholeFile.Write(path, unfinished =>
        {
            File.WriteAllText(unfinished, "half of wh");
            throw new InvalidOperationException();
        }));

        Assert.Equal("before", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void ALinkStaysOneAndItsFileIsReplaced()
    {
        var (path, link) = (_folder.File("a.txt"), _folder.File("link.txt"));
        WholeFile.Write(path, "before");
        File.CreateSymbolicLink(link, path);

        WholeFile.Write(link, "after");

        Assert.Equal(path, new FileInfo(link).LinkTarget);
        Assert.Equal("after", File.ReadAllText(path));
    }

    [Fact]
    public void ADeviceIsWrittenToAndStaysADevice()
    {
        WholeFile.Write("/dev/null", "nothing");

        Assert.Equal("a pipe, a device or a socket", RegularFile.OtherKind("/dev/null"));
    }

    [Fact]
    public void AFullDeviceAndAFolderThatIsMissingAreNamed()
    {
        var missing = _folder.File("missing/a.txt");

        Assert.StartsWith($"{missing}: it could not be written (", Refused(missing), StringComparison.Ordinal);
        Assert.Contains("No space left on device", Refused("/dev/full"), StringComparison.Ordinal);
        Assert.DoesNotContain(".part", Refused(missing), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    public void Dispose() => _folder.Dispose();

    private static string Refused(string path) => Assert.Throws<ReportedException>(() => WholeFile.Write(path, "text")).Message;
}
