using ConvLstm.Nowcast.Model.Networks;

namespace ConvLstm.Nowcast.Bench.ConvLstm;

/// <summary>A network and the size of its data.</summary>
internal sealed record ConvLstmCase(string Name, NetworkOptions Network, int Batch, int Past, int Leads, int Side, bool Trains, int Repeat)
{
    internal bool IsMultiScale => Network.Network == MultiScaleForecaster.Name;

    internal static IReadOnlyList<ConvLstmCase> All { get; } =
    [
        new("8×10→10 of 64×64, 64/64 channels", new() { Hidden = [64, 64], Patch = 1 }, 8, 10, 10, 64, true, 1),
        new("2×4→12 of 128×128, 24/40 channels, two scales", TwoScales, 2, 4, 12, 128, true, 3),
        new("1×4→12 of 512×512, 24/40 channels, two scales", TwoScales, 1, 4, 12, 512, false, 1),
        new("1×10→10 of 512×512, 64/64 channels, patch 2", new() { Hidden = [64, 64], Patch = 2 }, 1, 10, 10, 512, false, 1),
    ];

    private static NetworkOptions TwoScales => new() { Network = MultiScaleForecaster.Name, Hidden = [24, 40], Patch = 2 };
}
