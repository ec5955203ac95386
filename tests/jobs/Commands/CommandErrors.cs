using Xunit;

namespace ConvLstm.Nowcast.Tests.Jobs.Commands;

/// <summary>Each ends with one line on the standard error that names the file or setting, and exit status 1.</summary>
public sealed class CommandErrors : IClassFixture<Archive>, IDisposable
{
    private readonly Archive _archive;
    private readonly TemporaryFolder _folder = new();

    public CommandErrors(Archive archive)
    {
        _archive = archive;
        File.WriteAllText(_folder.File("text.nc"), "These are notes, not radar data.\n");
        File.WriteAllText(_folder.File("empty.nc"), "");
        var whole = File.ReadAllBytes(archive.FileOf(0));
        File.WriteAllBytes(_folder.File("truncated.nc"), whole[..(whole.Length / 2)]);
        File.WriteAllText(_folder.File("text.safetensors"), "weights");
        File.WriteAllBytes(_folder.File("random.safetensors"), Enumerable.Range(0, 500).Select(i => (byte)(i * 7)).ToArray());
        File.WriteAllText(_folder.File("foreign.safetensors"), "\x02\0\0\0\0\0\0\0{}");
        Directory.CreateDirectory(_folder.File("empty folder"));
    }

    [Theory]
    [InlineData("missing.nc")]
    [InlineData("text.nc")]
    [InlineData("empty.nc")]
    [InlineData("truncated.nc")]
    [InlineData("empty folder")]
    [InlineData("no*match")]
    public async Task ARadarFile(string name)
    {
        foreach (var command in new[] { "inspect", "train --out m.safetensors --data", "forecast --out f.nc --data" })
            Assert.Contains(name, await Cli.In(_folder).FailAsync(1, [.. command.Split(' '), name]), StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.File("m.safetensors")) || File.Exists(_folder.File("f.nc")));
    }

    [Theory]
    [InlineData("missing.safetensors")]
    [InlineData("text.safetensors")]
    [InlineData("random.safetensors")]
    [InlineData("foreign.safetensors")]
    [InlineData("empty folder")]
    public async Task ACheckpoint(string name)
    {
        Assert.Contains(name, await Cli.In(_folder).FailAsync(1, "forecast", "--data", _archive.Folder, "--model", name, "--out", "f.nc"),
            StringComparison.Ordinal);
        Assert.Contains(
            name, await Cli.In(_folder).FailAsync(1, "train", "--data", _archive.Folder, "--init", name, "--out", "m.safetensors",
                "--epochs", "1"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("run")]
    [InlineData("serve")]
    [InlineData("db status")]
    [InlineData("db migrate")]
    [InlineData("ingest text.nc")]
    public async Task AStoppedDatabase(string command)
    {
        var line = await Cli.In(_folder).FailAsync(1, command.Split(' '));

        Assert.Contains("127.0.0.1:", line, StringComparison.Ordinal);
        Assert.Contains("NOWCAST_DB", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("NOWCAST_DB", "rubbish")]
    [InlineData("NOWCAST_LEADMINUTES", "soon")]
    [InlineData("NOWCAST_LEADMINUTES", "0")]
    public async Task ASetting(string name, string value) =>
        Assert.Contains(name == "NOWCAST_DB" ? name : value, await Cli.In(_folder).With(name, value).FailAsync(1, "run"),
            StringComparison.Ordinal);

    [Fact]
    public async Task ALibrary() => Assert.Contains(
        "NOWCAST_NETCDF=/nowhere", await Cli.In(_folder).With("NOWCAST_NETCDF", "/nowhere").FailAsync(1, "inspect", _archive.FileOf(0)),
            StringComparison.Ordinal);

    [Theory]
    [InlineData("no such folder/m.safetensors")]
    [InlineData("empty folder")]
    [InlineData("/proc/m.safetensors")]
    public async Task APlaceForACheckpoint(string path)
    {
        // Ten minutes of training would show that it is said before them.
        Assert.Contains(path, await Cli.In(_folder).FailAsync(1, "train", "--data", _archive.Folder, "--out", path, "--minutes", "10"),
            StringComparison.Ordinal);
        Assert.Contains(path, await Cli.In(_folder).FailAsync(1, "evaluate", "--data", _archive.Folder, "--json", path),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task APlaceForAForecast()
    {
        Assert.Contains("text.nc/f.nc", await Cli.In(_folder).FailAsync(1, "forecast", "--data", _archive.Folder, "--out", "text.nc/f.nc"),
            StringComparison.Ordinal);
        Assert.Contains("text.nc", await Cli.In(_folder)
            .FailAsync(1, "forecast", "--data", _archive.Folder, "--out", "text.nc", "--every", "20"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TooFewScansToTrainOn() => Assert.Contains(
        "0 windows", await Cli.In(_folder).FailAsync(1, "train", "--data", _archive.FileOf(0), _archive.FileOf(1), "--out", "m.safetensors",
            "--epochs", "1"), StringComparison.Ordinal);

    [Fact]
    public async Task ADeviceThatIsNotThere()
    {
        if (cuda.is_available())
            Assert.Skip("This machine has a GPU.");
        Assert.Contains(
            "--device cuda", await Cli.In(_folder).FailAsync(1, "train", "--data", _archive.Folder, "--out", "m.safetensors", "--epochs",
                "1", "--device", "cuda"), StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();
}
