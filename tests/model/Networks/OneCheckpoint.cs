using ConvLstm.Nowcast.Model.Checkpoints;
using ConvLstm.Nowcast.Model.Networks;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Model.Networks;

/// <summary>One checkpoint gives one forecast, whichever device computes it.</summary>
public sealed class OneCheckpoint
{
    private const int Side = 40, Past = 4;
    private const string DeviceVariable = "NOWCAST_TEST_DEVICE";

    public static TheoryData<string> Names => [.. NetworkRegistry.Names];

    /// <summary>Runs where libtorch sees a GPU; NOWCAST_TEST_DEVICE=cpu runs it without one.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void ForecastsOfCpuAndGpuAgreeToAThousandth(string name)
    {
        var named = Environment.GetEnvironmentVariable(DeviceVariable) ?? "cuda";
        if (named != "cpu" && !cuda.is_available())
            Assert.Skip($"libtorch {__version__} sees no GPU; ops/gpu-check.sh runs this on a machine with one.");
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var file = Saved(folder, name);
        using var here = Checkpoint.Load(file, CPU);
        using var there = Checkpoint.Load(file, Nowcast.Model.Devices.Named(named));
        var past = Input();

        var expected = Forecast(here.Network, past);
        AssertNear(expected, Forecast(there.Network, past.to(device(named))).cpu(), 1e-3);
    }

    private static Tensor Forecast(RainNetwork network, Tensor past)
    {
        using var gradients = no_grad();
        return Said(network, network.call(past, Leads(network)));
    }

    /// <summary>An interpolator has no more leads than its gap.</summary>
    private static LeadTimes Leads(RainNetwork network) => LeadTimes.Every(network is ConvLstmInterpolator ? network.Options.Gap : 6, 5);

    /// <summary>Some forecast probabilities.</summary>
    private static Tensor Said(RainNetwork network, Tensor output) => network.Options.Thresholds.Count > 0 ? output.sigmoid() : output;

    private static Tensor Input()
    {
        manual_seed(14);
        return rand([1, Past, Side, Side, 2]);
    }

    private static string Saved(TemporaryFolder folder, string name)
    {
        manual_seed(13);
        using var network = NetworkRegistry.Create(
            new() { Network = name, Hidden = [8, 12], Thresholds = name == LagrangianNetwork.Name ? [0.2f, 0.5f] : [] });
        foreach (var parameter in network.parameters())
            nn.init.uniform_(parameter, -0.2, 0.2);
        Checkpoint.Save(folder.File("n.safetensors"), network, Sample.Metadata(network.Options));
        return folder.File("n.safetensors");
    }

    private static void AssertNear(Tensor expected, Tensor actual, double tolerance)
    {
        Assert.Equal(expected.shape, actual.shape);
        // Random weights must have made something of the rain.
        Assert.True(expected.var([0, 1, 2, 3, 4]).item<float>() > 1e-4);
        Assert.InRange((actual - expected).abs().max().item<float>(), 0, tolerance);
    }
}
