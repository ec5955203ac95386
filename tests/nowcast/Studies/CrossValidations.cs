using ConvLstm.Nowcast.Ingest.Sequences;
using ConvLstm.Nowcast.Ingest.Simulation;
using ConvLstm.Nowcast.Methods;
using ConvLstm.Nowcast.Model.Checkpoints;
using ConvLstm.Nowcast.Studies.Radar;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Studies;

public sealed class CrossValidations
{
    [Fact]
    public void EachEventIsForecastByANetworkThatNeverSawItAndAStoppedRunGoesOn()
    {
        using var folder = new TemporaryFolder();
        ScanSeries[] series = [Rain(1, 0), Rain(2, 24)];
        var options = new CrossValidationOptions { Cases = 1, Methods = [Extrapolation.Name, Sprog.Name, Anvil.Name], Training = new() { Steps = 20, MemorySteps = 5, Hidden = [8, 8] } };
        var cases = new CrossValidation(options, TimeProvider.System).Run(series, folder.Path, (_, _) => { }, TestContext.Current.CancellationToken);

        Assert.Equal([0, 1], cases.Select(c => c.Event));
        using (var checkpoint = Checkpoint.Load(Path.Combine(folder.Path, "without-00-of-2.safetensors"), CPU))
            Assert.Equal("2024-05-02", checkpoint.Metadata.Training["events"]);
        var written = Files(folder.Path);
        var again = new CrossValidation(options, TimeProvider.System).Run(series, folder.Path, (_, _) => { }, TestContext.Current.CancellationToken);
        Assert.Equal(written, Files(folder.Path));
        Assert.Equal(cases[0].Methods[ModelForecast.Name][0].Crps, again[0].Methods[ModelForecast.Name][0].Crps, 1e-9);

        var rows = CrossValidationTable.Of(cases);
        var table = new EventScores([cases[0]], Extrapolation.Name);
        Assert.InRange(table.Csi(0), 0.05, 1);
        Assert.InRange(rows.First(r => r.Score == "MAE, mm/h").Ratio, 0.2, 5);
    }

    private static List<(string, DateTime)> Files(string folder) =>
        [.. Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Select(f => (f, File.GetLastWriteTimeUtc(f))).Order()];

    private static ScanSeries Rain(int seed, int hours) => Assert.Single(Sequencing.Arrange(
        RainSimulator.Run(new() { Seed = seed, Frames = 16, Size = 64, Start = Some.Time.AddHours(hours) }).Select((s, i) => (IScan)new FrameScan(s.Frame, $"{i}")).ToArray(), new()).Series);
}
