using ConvLstm.Nowcast.Ingest.Sequences;

namespace ConvLstm.Nowcast.MovingFrame;

/// <summary><see cref="Normalisation"/> for tensors, and the channels that the networks read.</summary>
internal static class NormalisedRain
{
    /// <summary>(…) in mm/h, NaN where not observed, to (…, 2): normalised rain and the mask of observed pixels.</summary>
    internal static Tensor WithMask(Tensor rain, Normalisation normalisation)
    {
        using var scope = NewDisposeScope();
        var observed = rain.isfinite().to_type(float32);
        var rate = rain.nan_to_num(0, 0, 0).clamp(min: 0);
        var normalised = (rate / normalisation.Scale).log1p() / Divisor(normalisation);
        return stack([normalised, observed], -1).MoveToOuterDisposeScope();
    }

    /// <summary>Back to mm/h, never below 0.</summary>
    internal static Tensor Invert(Tensor normalised, Normalisation normalisation)
    {
        using var scope = NewDisposeScope();
        return ((normalised.clamp(min: 0) * Divisor(normalisation)).expm1() * normalisation.Scale).MoveToOuterDisposeScope();
    }

    private static double Divisor(Normalisation normalisation) => Math.Log(1 + (normalisation.MaxRate / normalisation.Scale));
}
