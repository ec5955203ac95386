using System.Text.RegularExpressions;
using ImageMagick;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Jobs.Commands;

public sealed partial class Plots(TrainedModel trained) : IClassFixture<TrainedModel>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task AForecastIsDrawnBelowWhatCameTrueAndAboveItsProbabilities()
    {
        await ForecastAsync("f.nc");

        await PlotAsync("f.nc", "--observed", trained.Archive.Folder, "--columns", "3", "--out", "with.png");
        await PlotAsync("f.nc", "--columns", "3", "--out", "without.png");

        using MagickImage with = new(_folder.File("with.png")), without = new(_folder.File("without.png"));
        Assert.Equal(with.Width, without.Width);
        Assert.True(with.Height - without.Height >= 260, $"{with.Height} and {without.Height}");
        Assert.True(with.TotalColors > 20, $"{with.TotalColors} colours");
    }

    [Fact]
    public async Task APictureSaysWhatItShowsWhenHowMuchAndWhoseDataItIs()
    {
        await ForecastAsync("f.nc");

        await PlotAsync("f.nc", "--columns", "2", "--attribution", "Radar: met office of Ruritania", "--out", "f.svg");

        var text = string.Join('\n', TextIn().Matches(await File.ReadAllTextAsync(_folder.File("f.svg"),
            TestContext.Current.CancellationToken)).Select(m => m.Groups[1].Value.Trim()));
        foreach (var said in new[] { "Rain forecast (extrapolation) issued 2024-06-01 14:30 UTC", "forecast 15:30 UTC, +60 min",
            "chance of 1 mm/h 15:00 UTC", "mm/h", "per cent", "10 km", "Radar: met office of Ruritania", "Natural Earth",
            "not seen by radar" })
            Assert.Contains(said, text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rain.gif")]
    [InlineData("rain.webp")]
    public async Task AnAnimationHasAFrameForEachTime(string name)
    {
        await ForecastAsync("f.nc");

        Assert.Equal($"{name}: 12 frames\n", await PlotAsync("f.nc", "--width", "64", "--out", name));

        using var frames = new MagickImageCollection(_folder.File(name));
        Assert.Equal(12, frames.Count);
        Assert.All(frames.SkipLast(1), frame => Assert.True(frame.AnimationDelay is > 0 and < 100, $"{frame.AnimationDelay}"));
        frames.Coalesce();
        Assert.NotEqual(frames[0].Signature, frames[11].Signature);
    }

    [Fact]
    public async Task ScansAreDrawnInARow()
    {
        var file = Directory.GetFiles(trained.Archive.Folder).Order(StringComparer.Ordinal).First();

        Assert.Equal("scan.png: 1 × 1 maps\n", await PlotAsync(file, "--width", "32", "--out", "scan.png"));

        using var picture = new MagickImage(_folder.File("scan.png"));
        Assert.Equal(MagickFormat.Png, picture.Format);
    }

    [Fact]
    public async Task AnEndingThatIsNoPictureIsRefused()
    {
        var file = Directory.GetFiles(trained.Archive.Folder)[0];

        Assert.Contains("rain.bmp: a picture ends in .png, .svg, .gif, .webp",
            await Cli.In(_folder).FailAsync(2, "plot", file, "--out", "rain.bmp"), StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.File("rain.bmp")));
    }

    [Fact]
    public async Task AnHourThatHasNotComeIsNamed()
    {
        await Cli.In(_folder).DoAsync("forecast", "--data", trained.Archive.Folder, "--method", "persistence", "--lead", "10", "--out",
            "f.nc");

        Assert.Contains("--observed", await Cli.In(_folder)
            .FailAsync(1, "plot", "f.nc", "--observed", trained.Archive.Folder, "--out", "p.png"), StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.File("p.png")));
    }

    public void Dispose() => _folder.Dispose();

    private Task<string> PlotAsync(params string[] arguments) => Cli.In(_folder).DoAsync(["plot", .. arguments]);

    private Task<string> ForecastAsync(string file)
    {
        var issued = trained.Archive.Frames[30].ValidTime.ToString("yyyy-MM-ddTHH:mm:ssZ", null);
        return Cli.In(_folder).DoAsync("forecast", "--data", trained.Archive.Folder, "--method", "extrapolation", "--at", issued, "--lead",
            "60", "--out", file);
    }

    [GeneratedRegex(@"<text[^>]*>([^<]*)</text>")]
    private static partial Regex TextIn();
}
