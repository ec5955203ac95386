namespace ConvLstm.Nowcast.Torch;

/// <summary>TorchSharp has no operator of ours: it takes nothing, and the caller's plain operators do the work.</summary>
public static class FusedLadder
{
    /// <summary>Never.</summary>
    public static bool Takes(Tensor rain) => false;

    /// <exception cref="NotSupportedException">Always; ask <see cref="Takes"/> first.</exception>
    public static Tensor LogOdds(
        Tensor rain, Tensor rungs, Tensor near, Tensor states, long[] sites, long patch, Tensor readRain, Tensor readRung, Tensor readBias, Tensor scale, Tensor shift,
        Tensor last, Tensor rainSlopes, Tensor rungSlopes, Tensor slopesBias,
        long newest, long threshold, double slack, double sureness, Tensor steepness, double dry) =>
        throw new NotSupportedException("TorchSharp has no fused ladder: compute it in plain operators.");
}
