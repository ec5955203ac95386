using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Formats;
using ConvLstm.Nowcast.Ingest.NetCdf;
using ConvLstm.Nowcast.Tests.Jobs.Commands;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Ingest;

/// <summary>
/// Files of HDF5 that would have another file read in their place, or code loaded: refused before anything of them is read.
/// </summary>
[Slow("Starts the program for each file.")]
public sealed class HostileHdf5 : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task WhatReachesOutOfItselfIsRefusedByEveryReader()
    {
        foreach (var file in await WriteAsync())
        {
            Assert.True(Assert.Throws<NetCdfException>(() => NetCdfFile.Open(file).Dispose()).IsRefusal, file);
            var error = Assert.Throws<RadarFileException>(() => RadarFormats.Open(file).Dispose());
            Assert.StartsWith(file, error.Message, StringComparison.Ordinal);
            Assert.Contains("publish it as one plain file", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', error.Message);
        }
    }

    [Fact]
    public void TheFileThatWasFoundIsRefused()
    {
        var error = Assert.Throws<RadarFileException>(() => RadarFormats.Open(FieldCases.Path("hostile", "exfil_passwd.h5")).Dispose());
        Assert.Contains("external storage", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hostile", "odim_cyclic_tiny.h5", "/dataset1/data1/up")]
    [InlineData("31_dangling_link.h5", "", "/soft")]
    [InlineData("31_link_to_root.h5", "", "/loop")]
    public void ALinkToNothingOrInCirclesCostsOnlyItself(string first, string second, string link)
    {
        var before = Directory.GetFiles(Path.GetTempPath(), "nowcast-*.h5").Length;
        using (var file = RadarFormats.Open(FieldCases.Path(first, second)))
        {
            Assert.Contains(link, Assert.Single(file.Notes), StringComparison.Ordinal);
            Assert.DoesNotContain(file.Read(0).RainRate, float.IsNaN);
        }
        Assert.Equal(before, Directory.GetFiles(Path.GetTempPath(), "nowcast-*.h5").Length);
    }

    [Fact]
    public async Task EveryVerbThatReadsFilesRefusesThem()
    {
        var files = await WriteAsync();
        var cli = Cli.In(_folder);
        foreach (var file in new[] { "external_absolute.h5",
            "netcdf_external.nc" }.Select(name => files.Single(f => f.EndsWith(name, StringComparison.Ordinal))))
        {
            foreach (var verb in new[] { "inspect", "train --out m.safetensors --data", "forecast --out f.nc --data",
                "evaluate --json e.json --data", "plot --out p.png" })
                Assert.Contains("external storage", await cli.FailAsync(1, [.. verb.Split(' '), file]), StringComparison.Ordinal);
        }
        Assert.False(File.Exists(_folder.File("f.nc")) || File.Exists(_folder.File("p.png")));
    }

    [Fact]
    public void AFileOfManyPartsOrOfDeepGroupsIsRefusedInTime()
    {
        var deep = _folder.File("deep.nc");
        using (var file = NetCdfFile.Create(deep))
        {
            var group = file.Root;
            for (var i = 0; i < 40; i++)
                group = group.DefineGroup("g");
            file.Close();
        }
        Assert.Contains("nested deeper", Assert.Throws<RadarFileException>(() => RadarFormats.Open(deep).Dispose()).Message,
            StringComparison.Ordinal);
    }

    /// <summary>Every kind; what they reach for is a file of S only.</summary>
    private async Task<string[]> WriteAsync()
    {
        var secret = _folder.File("secret");
        await File.WriteAllTextAsync(secret, new string('S', 4096));
        var names = await Python.RunAsync("h5py", "ingest/hostile.py", _folder.Path, secret);
        string[] files = [.. names.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(_folder.File)];
        Assert.Equal(12, files.Length);
        return files;
    }
}
