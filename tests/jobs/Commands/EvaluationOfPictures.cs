using System.Globalization;
using System.Text;
using System.Text.Json;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Jobs.Commands;

/// <summary>Files that say nothing of themselves are forecast again and scored by means of a source profile.</summary>
public sealed class EvaluationOfPictures(Archive archive) : IClassFixture<Archive>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task AProfileSaysWhatThePicturesMean()
    {
        Directory.CreateDirectory(_folder.File("pictures"));
        foreach (var frame in archive.Frames.Take(12))
        {
            var name = "rain-" + frame.ValidTime.ToString("yyyyMMddHHmm", CultureInfo.InvariantCulture);
            byte[] header = Encoding.ASCII.GetBytes(
                string.Create(CultureInfo.InvariantCulture, $"P5\n{frame.Grid.Width} {frame.Grid.Height}\n255\n"));
            byte[] pixels = [.. frame.RainRate.Select(rain => float.IsNaN(rain) ? (byte)255
                : (byte)Math.Min(254, Math.Round(rain / 0.25)))];
            await File.WriteAllBytesAsync(_folder.File($"pictures/{name}.pgm"), [.. header, .. pixels],
                TestContext.Current.CancellationToken);
        }
        await File.WriteAllTextAsync(_folder.File("profile.json"), """
            {
              "files": "rain-*.pgm",
              "time": "rain-%Y%m%d%H%M",
              "grid": { "proj": "EPSG:3035", "left": 4000000, "top": 3000000, "pixelX": 1000 },
              "legend": { "units": "mm/h", "gain": 0.25, "missing": [255] }
            }
            """, TestContext.Current.CancellationToken);
        string[] line = ["evaluate", "--data", "pictures", "--methods", "persistence", "--lead", "15", "--json", "scores.json"];

        Assert.NotEqual(0, (await Cli.In(_folder).RunAsync(line)).ExitCode);
        await Cli.In(_folder).DoAsync([.. line, "--source", "profile.json"]);

        using var scores = JsonDocument.Parse(
            await File.ReadAllTextAsync(_folder.File("scores.json"), TestContext.Current.CancellationToken));
        Assert.NotEmpty(scores.RootElement.GetProperty("issueTimes").EnumerateArray());
    }
}
