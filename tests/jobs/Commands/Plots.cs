using System.Buffers.Binary;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Jobs.Commands;

public sealed class Plots(TrainedModel trained) : IClassFixture<TrainedModel>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task AForecastIsDrawnBelowWhatCameTrueAndAboveItsProbabilities()
    {
        var issued = trained.Archive.Frames[30].ValidTime.ToString("yyyy-MM-ddTHH:mm:ssZ", null);
        await Cli.In(_folder).DoAsync("forecast", "--data", trained.Archive.Folder, "--method", "extrapolation", "--at", issued, "--lead", "60", "--out", "f.nc");

        await Cli.In(_folder).DoAsync("plot", "f.nc", "--observed", trained.Archive.Folder, "--columns", "3", "--width", "48", "--out", "with.png");
        await Cli.In(_folder).DoAsync("plot", "f.nc", "--columns", "3", "--width", "48", "--out", "without.png");

        Assert.Equal((3 * 48) + 8, Size("with.png").Width);
        Assert.Equal((3 * 48) + 8, Size("with.png").Height);
        Assert.Equal((2 * 48) + 4, Size("without.png").Height);
    }

    [Fact]
    public async Task ScansAreDrawnInARow()
    {
        var file = Directory.GetFiles(trained.Archive.Folder).Order(StringComparer.Ordinal).First();

        await Cli.In(_folder).DoAsync("plot", file, "--width", "32", "--out", "scan.png");

        Assert.Equal(32, Size("scan.png").Height);
    }

    [Fact]
    public async Task AnHourThatHasNotComeIsNamed()
    {
        await Cli.In(_folder).DoAsync("forecast", "--data", trained.Archive.Folder, "--method", "persistence", "--lead", "10", "--out", "f.nc");

        Assert.Contains("--observed", await Cli.In(_folder).FailAsync(1, "plot", "f.nc", "--observed", trained.Archive.Folder, "--out", "p.png"), StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.File("p.png")));
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>Of the header chunk, https://www.w3.org/TR/png-3/#11IHDR.</summary>
    private (int Width, int Height) Size(string name)
    {
        var png = File.ReadAllBytes(_folder.File(name));
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], png[..4]);
        return (BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(16)), BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(20)));
    }
}
