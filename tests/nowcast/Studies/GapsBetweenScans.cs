using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Sequences;
using ConvLstm.Nowcast.Interpolation;
using ConvLstm.Nowcast.Model.Checkpoints;
using ConvLstm.Nowcast.Model.Networks;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Studies;

public sealed class GapsBetweenScans
{
    [Fact]
    public void AnUntrainedInterpolatorInTheFrameOfTheRainIsMotionCompensated()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using var network = NetworkRegistry.Create(new() { Network = ConvLstmInterpolator.Name, Hidden = [4] });
        // Almost linear, so that blending of normalised rain is blending of rain.
        Checkpoint.Save(folder.File("i.safetensors"), network,
            Nowcast.Tests.Sample.Metadata(network.Options) with { Normalisation = new Normalisation(10_000, 100_000).ToMetadata() });
        using var checkpoint = Checkpoint.Load(folder.File("i.safetensors"), CPU);
        var scans = stack(new Blobs(64, 48).Moving(3, 1).Frames.Take(4).Select(f => tensor(f.RainRate, [48, 64])));

        var filled = new LearnedGapFilling(checkpoint).Fill(scans);

        Assert.Equal(2, filled.Count);
        for (var i = 0; i < 2; i++)
        {
            var expected = MotionGapFilling.Between(scans[1], scans[2], (i + 1) / 3.0);
            Assert.True((expected.nan_to_num(-1) - filled[i].nan_to_num(-1)).abs().max().item<float>() < 0.05);
        }
    }

    [Fact]
    public void OtherNetworksFillNoGaps()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using var network = NetworkRegistry.Create(new() { Hidden = [2] });
        Checkpoint.Save(folder.File("e.safetensors"), network, Nowcast.Tests.Sample.Metadata(network.Options));
        using var checkpoint = Checkpoint.Load(folder.File("e.safetensors"), CPU);

        Assert.Contains("fills no gaps", Assert.Throws<ReportedException>(() => new LearnedGapFilling(checkpoint)).Message,
            StringComparison.Ordinal);
    }
}
