namespace ConvLstm.Nowcast.Motion;

/// <summary>One resolution of a series of scans.</summary>
/// <param name="Scans">Log-rain, (T, 1, H, W); 0 where not observed.</param>
/// <param name="Observed">The observed share of each pixel, (T, 1, H, W).</param>
/// <param name="Scale">Pixels of the radar grid per pixel here.</param>
internal sealed record PyramidLevel(Tensor Scans, Tensor Observed, int Scale);

/// <summary>Log-rain at resolutions that halve from level to level; pixels that were not observed do not count.</summary>
internal static class ScanPyramid
{
    // Below this share of observed pixels a blurred value says nothing.
    private const double LeastShare = 1e-3;

    /// <param name="rain">(T, H, W) in mm/h, NaN where not observed.</param>
    /// <param name="options">Levels, blur and the scale of rain.</param>
    /// <returns>The finest level first; sizes are padded to whole cells.</returns>
    internal static IReadOnlyList<PyramidLevel> Build(Tensor rain, MotionOptions options)
    {
        var unit = Math.Max(options.Cell, 1 << options.CoarsestLevel);
        var shape = rain.shape;
        long[] margin = [0, Padding(shape[2], unit), 0, Padding(shape[1], unit)];
        var observed = nn.functional.pad(rain.isfinite().to_type(ScalarType.Float32).unsqueeze(1), margin);
        var log = (rain.nan_to_num(0, 0, 0).clamp(min: 0) / options.RainScale).log1p();
        var scans = nn.functional.pad(log.unsqueeze(1), margin);
        var levels = new List<PyramidLevel>();
        for (var level = 0; level <= options.CoarsestLevel; level++)
        {
            if (level > 0)
                (scans, observed) = Halve(scans, observed);
            levels.Add(new PyramidLevel(scans, observed, 1 << level));
        }
        return levels;
    }

    /// <summary>
    /// The level blurred, to make gradients of noisy scans meaningful; what is observed becomes the observed share under the
    /// blur, so that a gap near by, which pulls a value to one side, is known.
    /// </summary>
    internal static PyramidLevel Blurred(PyramidLevel level, double sigma)
    {
        if (sigma <= 0)
            return level;
        var share = GaussianBlur.Apply(level.Observed, sigma);
        return level with
        {
            Scans = GaussianBlur.Apply(level.Scans * level.Observed, sigma) / share.clamp(min: LeastShare),
            Observed = share,
        };
    }

    private static (Tensor Scans, Tensor Observed) Halve(Tensor scans, Tensor observed)
    {
        var share = nn.functional.avg_pool2d(observed, [2, 2]);
        return (nn.functional.avg_pool2d(scans * observed, [2, 2]) / share.clamp(min: 1e-6), share);
    }

    private static long Padding(long size, int unit) => (unit - (size % unit)) % unit;
}
