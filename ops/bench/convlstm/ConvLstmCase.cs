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

    /// <summary>
    /// Floating-point operations of the convolutions in the cells that a forecast cannot do without: none of the state
    /// in the encoder's first step.
    /// </summary>
    internal double Operations()
    {
        var total = 0.0;
        var layers = Network.Hidden.Count;
        for (var i = 0; i < layers; i++)
        {
            double hidden = Network.Hidden[i], side = (double)Side / Network.Patch / (IsMultiScale ? 1 << i : 1);
            var frame = 2.0 * Batch * side * side * Network.Kernel * Network.Kernel * 4 * hidden;
            var input = i == 0 ? 2 * Network.Patch * Network.Patch : IsMultiScale ? hidden : Network.Hidden[i - 1];
            var fed = IsMultiScale ? i < layers - 1 : i > 0;
            total += frame * ((Past * input) + ((Past - 1) * hidden) + (Leads * hidden) + (fed ? Leads * (IsMultiScale ? hidden : Network.Hidden[i - 1]) : 0));
        }
        return total;
    }
}
