using ConvLstm.Nowcast.Ingest.Sequences;
using ConvLstm.Nowcast.Ingest.Simulation;
using ConvLstm.Nowcast.Jobs.Nowcasts;
using ConvLstm.Nowcast.Model.Checkpoints;
using ConvLstm.Nowcast.Model.Networks;
using ConvLstm.Nowcast.Tests.Storage;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Jobs.Nowcasts;

/// <summary>Consumers have the model as soon as it is there, and an answer however long it takes.</summary>
public sealed class OrderOfPublishing(TestDatabase test) : IClassFixture<TestDatabase>
{
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(600, "model", "extrapolation", "persistence")]
    [InlineData(0, "extrapolation", "model", "persistence")]
    public async Task TheModelGoesFirstUnlessItTakesLong(int patience, params string[] order)
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("model.safetensors");
        using (var network = NetworkRegistry.Create(new()
        {
            Network = LagrangianNetwork.Name, Hidden = [4], Patch = 4, LogRange = Math.Log(1001),
            Thresholds = [.. new[] { 0.5f, 1, 5 }.Select(Normalisation.Default.Apply)],
        }))
            Checkpoint.Save(path, network,
                Tests.Sample.Metadata(network.Options) with { Normalisation = Normalisation.Default.ToMetadata() });
        using var model = Checkpoint.Load(path, CPU);
        var frames = RainSimulator.Run(new() { Seed = 4, Frames = 8, Size = 64, Start = Tests.Storage.Sample.Noon.AddDays(patience) })
            .Select(s => s.Frame).ToArray();
        var told = new List<(string Method, string? Problem)>();

        await new NowcastPass(test.Database, model, TimeSpan.FromMinutes(20), TimeSpan.FromSeconds(patience)).PublishAllAsync(
            new RadarSequence(frames[1].ValidTime - frames[0].ValidTime, frames), o => told.Add((o.Method, o.Problem)), _cancellation);

        Assert.Equal(order.Select(method => (method, (string?)null)), told);
    }
}
