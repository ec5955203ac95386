using ConvLstm.Nowcast.Evaluation;
using ConvLstm.Nowcast.Ingest.Sequences;
using ConvLstm.Nowcast.Ingest.Simulation;
using ConvLstm.Nowcast.Methods;
using ConvLstm.Nowcast.Model.Checkpoints;
using ConvLstm.Nowcast.Model.Networks;
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
        var options = new CrossValidationOptions
        {
            Cases = 1, Methods = [Extrapolation.Name, Sprog.Name, Anvil.Name],
            Training = new() { Steps = 20, MemorySteps = 5, Hidden = [8, 8] },
        };
        var cases = new CrossValidation(options, TimeProvider.System)
            .Run(series, folder.Path, (_, _) => { }, TestContext.Current.CancellationToken);

        Assert.Equal([0, 1], cases.Select(c => c.Event));
        using (var checkpoint = Checkpoint.Load(Path.Combine(folder.Path, "without-00-of-2.safetensors"), CPU))
            Assert.Equal("2024-05-02", checkpoint.Metadata.Training["events"]);
        var written = Files(folder.Path);
        var again = new CrossValidation(options, TimeProvider.System)
            .Run(series, folder.Path, (_, _) => { }, TestContext.Current.CancellationToken);
        Assert.Equal(written, Files(folder.Path));
        Assert.Equal(cases[0].Methods[ModelForecast.Name][0].Crps, again[0].Methods[ModelForecast.Name][0].Crps, 1e-9);

        var rows = CrossValidationTable.Of(cases);
        var table = new EventScores([cases[0]], Extrapolation.Name);
        Assert.InRange(table.Csi(0), 0.05, 1);
        Assert.InRange(rows.First(r => r.Score == "MAE, mm/h").Ratio, 0.2, 5);
    }

    [Fact]
    public void ANetworkIsPooledWithThatOfEachFoldAndInTheEndWithThatOfAllEvents()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var lagrangian = folder.File("lagrangian-0.safetensors");
        using (var network = NetworkRegistry.Create(new()
        {
            Network = LagrangianNetwork.Name, Hidden = [4], Patch = 4, LogRange = Math.Log(1001),
            Thresholds = [.. new HindcastOptions().Thresholds.Select(Normalisation.Default.Apply)],
        }))
            Checkpoint.Save(lagrangian, network,
                Sample.Metadata(network.Options) with { Normalisation = Normalisation.Default.ToMetadata() });
        foreach (var part in new[] { "1", CrossValidation.AllEvents })
            File.Copy(lagrangian, folder.File($"lagrangian-{part}.safetensors"));
        var options = new CrossValidationOptions
        {
            Cases = 1, Methods = [Sprog.Name], Pool = folder.File($"lagrangian-{CrossValidationOptions.Part}.safetensors"),
            Training = new() { Steps = 20, MemorySteps = 0, Hidden = [8, 8] },
        };

        var cases = new CrossValidation(options, TimeProvider.System)
            .Run([Rain(1, 0), Rain(2, 24)], folder.Path, (_, _) => { }, TestContext.Current.CancellationToken);

        Assert.All(cases, c => Assert.Equal([Sprog.Name, CrossValidation.Alone, ModelForecast.Name], c.Methods.Keys));
        Assert.All(cases, c => Assert.NotEqual(c.Methods[ModelForecast.Name][0].Crps, c.Methods[CrossValidation.Alone][0].Crps));
        using var all = Checkpoint.Load(folder.File("all.pooled.safetensors"), CPU);
        Assert.IsType<PooledNetwork>(all.Network);
        Assert.Equal("2024-05-01 2024-05-02", all.Metadata.Training["cascade.events"]);
        Assert.InRange(all.Metadata.Scores["crossval MAE, mm/h, over the best classical"], 0.1, 10);
    }

    private static List<(string, DateTime)> Files(string folder) =>
        [.. Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Select(f => (f, File.GetLastWriteTimeUtc(f))).Order()];

    private static ScanSeries Rain(int seed, int hours) => Assert.Single(Sequencing.Arrange(
        RainSimulator.Run(new() { Seed = seed, Frames = 16, Size = 64, Start = Sample.Time.AddHours(hours) })
            .Select((s, i) => (IScan)new FrameScan(s.Frame, $"{i}")).ToArray(), new()).Series);
}
