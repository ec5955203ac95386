namespace ConvLstm.Nowcast.Motion;

/// <summary>How badly a motion explains the scans: what keeps the iterations from following a wrong minimum out of the grid.</summary>
internal static class Misfit
{
    /// <param name="level">Scans, (T, 1, H, W).</param>
    /// <param name="motion">(1, 2, h, w) in pixels of the radar grid per step.</param>
    /// <returns>
    /// The mean square of later scan minus warped earlier scan over the observed pixels of the later one. A pixel whose air
    /// comes from where nothing was observed counts with all its rain: moving rain out of sight explains nothing.
    /// </returns>
    internal static double Of(PyramidLevel level, Tensor motion)
    {
        using var scope = NewDisposeScope();
        var shape = level.Scans.shape;
        var (pairs, height, width) = (shape[0] - 1, shape[2], shape[3]);
        var from = Bilinear.Positions(height, width, motion.device) - (OpticalFlow.Resized(motion, height, width)[0] / level.Scale);
        var warped = Bilinear.Sample(level.Scans.narrow(0, 0, pairs) * level.Observed.narrow(0, 0, pairs), from,
            GridSamplePaddingMode.Zeros);
        var observed = level.Observed.narrow(0, 1, pairs);
        var difference = (level.Scans.narrow(0, 1, pairs) - warped) * observed;
        return (difference.square().sum() / observed.sum().clamp(min: 1)).item<float>();
    }
}
