namespace ConvLstm.Nowcast.Bench;

/// <summary>One thing that was measured.</summary>
/// <param name="What">In words.</param>
/// <param name="Ours">The median over the rounds.</param>
/// <param name="Peer">The same of the peer; null where there is none.</param>
/// <param name="Unit">Of both.</param>
/// <param name="Ratio">The median of the rounds' ratios; above 1 ours is better.</param>
/// <param name="RatioMin">The lowest of the rounds.</param>
/// <param name="RatioMax">The highest of the rounds.</param>
/// <param name="Aim">The ratio that is wanted.</param>
internal sealed record BenchmarkRow(
    string What, double Ours, double? Peer, string Unit, double? Ratio = null, double? RatioMin = null, double? RatioMax = null,
        double? Aim = null);
