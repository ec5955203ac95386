using ConvLstm.Nowcast.Motion;

namespace ConvLstm.Nowcast.Cascade;

/// <summary>
/// Rain as fields that a Fourier transform can take: padded to a fast size, with pixels that no radar saw filled smoothly from those
/// around them, so that a gap or a border is no edge of rain, and remembered, so that they count nowhere.
/// </summary>
internal static class PaddedRain
{
    /// <summary>Standard deviation of the Gaussian that fills gaps, pixels of <see cref="Coarse"/> pixels.</summary>
    private const double FillSigma = 2;

    /// <summary>Gaps are filled at a resolution coarser by this.</summary>
    private const int Coarse = 8;

    /// <summary>How much the dry value counts that stands where no rain is near.</summary>
    private const double DryCertainty = 1e-2;

    /// <summary>Rain below this is dry, mm/h; the decibels of dry rain lie so far below it (Pulkkinen et al. 2019).</summary>
    internal const double Threshold = 0.1;
    internal const double DryDecibels = -15;

    /// <summary>(…) in mm/h to decibels of 1 mm/h; NaN stays.</summary>
    internal static Tensor Decibels(Tensor rain)
    {
        using var scope = NewDisposeScope();
        var wet = rain.ge(Threshold);
        var decibels = rain.clamp(min: Threshold).log() * (10 / Math.Log(10));
        return where(wet.logical_or(rain.isnan()), decibels, Dry(rain)).MoveToOuterDisposeScope();
    }

    /// <summary>Back to mm/h: below the threshold it is dry.</summary>
    internal static Tensor Rate(Tensor decibels)
    {
        using var scope = NewDisposeScope();
        var rate = (decibels * (Math.Log(10) / 10)).exp();
        return where(rate.lt(Threshold), zeros_like(rate), rate).MoveToOuterDisposeScope();
    }

    /// <param name="fields">(T, H, W), NaN where not observed.</param>
    /// <param name="height">Of the padded domain.</param>
    /// <param name="width">Of the padded domain.</param>
    /// <param name="dry">The value that stands far from anything observed.</param>
    /// <returns>(T, height, width) without gaps, and 1 where each was observed.</returns>
    internal static (Tensor Fields, Tensor Observed) Filled(Tensor fields, int height, int width, double dry)
    {
        using var scope = NewDisposeScope();
        var size = fields.shape;
        long[] margin = [0, width - size[2], 0, height - size[1]];
        var observed = nn.functional.pad(fields.isfinite().to_type(float32).unsqueeze(1), margin);
        var above = nn.functional.pad((fields.nan_to_num(dry, dry, dry) - dry).unsqueeze(1), margin);
        if (observed.min().item<float>() < 1)
        {
            var share = Pooled(observed);
            var around = GaussianBlur.Apply(Pooled(above * observed), FillSigma) / (GaussianBlur.Apply(share, FillSigma) + DryCertainty);
            above = where(observed.gt(0), above, OpticalFlow.Resized(around, height, width));
        }
        return ((above + dry).squeeze(1).MoveToOuterDisposeScope(), observed.squeeze(1).MoveToOuterDisposeScope());
    }

    private static Tensor Pooled(Tensor images)
    {
        var size = images.shape;
        return nn.functional.interpolate(images, [Math.Max(1, size[2] / Coarse), Math.Max(1, size[3] / Coarse)],
            mode: InterpolationMode.Area);
    }

    private static Tensor Dry(Tensor rain) => zeros_like(rain) + DryDecibels;
}
