using System.Text.Json;
using ConvLstm.Nowcast.Evaluation;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Formats;
using ConvLstm.Nowcast.Ingest.Sequences;
using ConvLstm.Nowcast.Methods;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Evaluation;

[Slow("Forecasts real rain.")]
public sealed class Hindcasts
{
    private static readonly HindcastOptions Short = new()
    {
        Lead = TimeSpan.FromMinutes(15), Thresholds = [0.5f, 2], FractionsThresholds = [2], FractionsScales = [1, 5], Every = 2,
        Resamples = 50,
    };

    [Fact]
    public void MovingRainIsForecastBetterByMovingIt()
    {
        var result = Run(new Blobs(96, 80, count: 30).Moving(5, -4, frames: 12), new Persistence(), new Extrapolation());

        Assert.Equal([5, 10, 15], result.LeadMinutes);
        // Frames 4, 6 and 8 have four before them and three after them.
        Assert.Equal([20, 30, 40], result.IssueTimes.Select(t => (t - Sample.Time).TotalMinutes));
        var (stays, moves) = (Csi(result, "persistence"), Csi(result, "extrapolation"));
        Assert.InRange(moves, 0.95, 1);
        Assert.True(moves > stays + 0.1, $"{moves} against {stays}");
        var gain = result.Comparisons.Single(c => c.Mask == "common" && c.Threshold == 2);
        Assert.Equal(("extrapolation", "persistence", "csi"), (gain.Method, gain.Reference, gain.Score));
        Assert.Equal(moves - stays, gain.Difference, 1e-9);
        Assert.True(gain.Low > 0 && gain.Low <= gain.Difference && gain.Difference <= gain.High, gain.ToString());
        Assert.True(result.Comparisons.Single(c => c.Mask == "common" && c.Score == "crps").High < 0);
    }

    [Fact]
    public void APixelWhoseAirCameFromOutsideCountsOnlyInTheMaskOfAll()
    {
        var result = Run(new Blobs(96, 80, count: 60).Moving(6, 0, frames: 8), new Extrapolation());

        var (common, all) = (result.Leads.Single(r => r.Mask == "common" && r.LeadMinutes == 15),
            result.Leads.Single(r => r.Mask == "all" && r.LeadMinutes == 15));
        Assert.Equal(96 * 80, all.Pixels);
        // 18 columns, give or take one where the motion is a hair off.
        Assert.InRange(common.Pixels, (96 - 19) * 80, (96 - 17) * 80);
    }

    [Fact]
    public void AScanThatWasMadeUpVerifiesNothing()
    {
        var sequence = new Blobs(64, 64).Moving(1, 0, frames: 8);
        var frames = sequence.Frames.Select((f, i) => i == 6 ? new RadarFrame(f.Grid, f.ValidTime, f.RainRate) { IsInterpolated = true }
            : f).ToArray();

        var result = Run(new RadarSequence(sequence.Step, frames), new Persistence());

        Assert.Equal([64 * 64, 0, 64 * 64], result.Leads.Where(r => r.Mask == "all").Select(r => r.Pixels));
    }

    [Fact]
    public void TheResultIsJsonWithNullsForScoresWithoutMeaning()
    {
        var json = JsonDocument.Parse(Run(new Blobs(64, 64, count: 0).Moving(0, 0, frames: 8), new Persistence()).ToJson()).RootElement;

        var row = json.GetProperty("thresholds")[0];
        Assert.Equal("persistence", row.GetProperty("method").GetString());
        Assert.Equal(JsonValueKind.Null, row.GetProperty("csi").ValueKind);
        Assert.Equal(0, row.GetProperty("brier").GetDouble());
    }

    [Fact]
    public void TooShortASequenceIsAnErrorThatSaysWhatIsNeeded()
    {
        var error = Assert.Throws<ReportedException>(() => Run(Sample.RadarSequence(5), new Persistence()));

        Assert.Contains("4 scans before it and 15 minutes after it", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OnTheBrisbaneStormExtrapolationBeatsPersistence()
    {
        var frames = new List<RadarFrame>();
        foreach (var path in RadarData.Files("bom_brisbane_20201031").Skip(40).Take(24))
        {
            using var file = RadarFormats.Open(path);
            frames.Add(file.Read(0));
        }
        var sequence = new RadarSequence(TimeSpan.FromMinutes(10), frames);

        var result = new Hindcast(new HindcastOptions { Every = 6, Thresholds = [1, 5], FractionsThresholds = [] })
            .Run([sequence], [new Persistence(), new Extrapolation()], null, default);

        Assert.Equal(3, result.IssueTimes.Count);
        Assert.True(
            result.Comparisons.Single(c => c.Mask == "common" && c.Threshold == 1).Difference > 0.05,
            string.Join(Environment.NewLine, result.Summary));
    }

    private static HindcastResult Run(RadarSequence sequence, params IForecaster[] methods) =>
        new Hindcast(Short).Run([sequence], methods, null, default);

    private static double Csi(HindcastResult result, string method) =>
        result.Summary.Single(r => r.Method == method && r.Mask == "common" && r.Threshold == 2).Csi;
}
