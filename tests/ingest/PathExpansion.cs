using ConvLstm.Nowcast.Ingest;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Ingest;

public sealed class PathExpansion : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public PathExpansion()
    {
        Directory.CreateDirectory(_folder.File("2024/05"));
        foreach (var name in (string[])["b.nc", "a.nc", "c.h5.gz", "notes.md", ".hidden.nc", "d.nc.part", "2024/05/e.hdf"])
            File.WriteAllText(_folder.File(name), "");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void AFolderGivesItsRadarFilesSortedWithThoseBelow() =>
        Assert.Equal(["2024/05/e.hdf", "a.nc", "b.nc", "c.h5.gz"], Names(_folder.Path));

    [Fact]
    public void AGlobGivesWhatMatchesWhateverItsEnding()
    {
        Assert.Equal(["a.nc", "b.nc"], Names(_folder.File("?.nc")));
        Assert.Equal(["notes.md"], Names(_folder.File("*.md")));
        Assert.Equal(["2024/05/e.hdf"], Names(_folder.File("**/e.*")));
        Assert.Equal(["2024/05/e.hdf"], Names(_folder.File("20*/0?/*")));
    }

    [Fact]
    public void AFileThatIsGivenTwiceCountsOnce() =>
        Assert.Equal(["a.nc", "b.nc"], Names(_folder.File("b.nc"), _folder.File("*.nc"), _folder.File("a.nc")).Where(n => n[0] != '.'));

    [Theory]
    [InlineData("absent.nc")]
    [InlineData("absent/*.nc")]
    [InlineData("*.grib")]
    public void WhatIsNotThereIsNamed(string name)
    {
        var path = _folder.File(name);
        Assert.StartsWith(path, Assert.Throws<ReportedException>(() => RadarPaths.Expand([path])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AFolderWithoutRadarFilesIsNamed()
    {
        using var empty = new TemporaryFolder();
        Assert.StartsWith(empty.Path, Assert.Throws<ReportedException>(() => RadarPaths.Expand([empty.Path])).Message,
            StringComparison.Ordinal);
    }

    private IEnumerable<string> Names(params string[] paths) => RadarPaths.Expand(paths).Select(p => Path.GetRelativePath(_folder.Path, p));
}
