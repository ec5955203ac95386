namespace ConvLstm.Nowcast.Motion;

/// <summary>
/// The least-squares system of optical flow at each pixel: of the warped earlier scan A and the later scan B,
/// Σ w ∇I ∇Iᵀ d = −Σ w ∇I (B − A), ∇I the gradient of their mean, summed over scan pairs (Lucas and Kanade 1981).
/// Five channels: Ixx, Ixy, Iyy, Ixt, Iyt.
/// </summary>
internal static class NormalEquations
{
    // A pixel counts where, in both scans, this share of what the blur gathered there and next to it was observed.
    private const double Observed = 0.7;

    // Log-rain above which a pixel counts as rain for the size of residuals.
    private const double Wet = 0.1;

    /// <param name="level">Scans, (T, 1, H, W).</param>
    /// <param name="motion">(1, 2, h, w) in pixels of the radar grid per step.</param>
    /// <param name="robustness">See <see cref="MotionOptions.Robustness"/>.</param>
    /// <returns>(1, 5, H, W); zero where not observed.</returns>
    internal static Tensor Of(PyramidLevel level, Tensor motion, double robustness)
    {
        using var scope = NewDisposeScope();
        var shape = level.Scans.shape;
        var (pairs, height, width) = (shape[0] - 1, shape[2], shape[3]);
        var displacement = OpticalFlow.Resized(motion, height, width)[0] / level.Scale;
        var from = Bilinear.Positions(height, width, motion.device) - displacement;
        var earlier = cat([level.Scans.narrow(0, 0, pairs), level.Observed.narrow(0, 0, pairs)], 1);
        var warped = Bilinear.Sample(earlier, from, GridSamplePaddingMode.Zeros);
        var a = warped.narrow(1, 0, 1);
        var b = level.Scans.narrow(0, 1, pairs);
        var seen = warped.narrow(1, 1, 1).minimum(level.Observed.narrow(0, 1, pairs)).gt(Observed).to_type(ScalarType.Float32);
        var image = (a + b) * 0.5;
        var framed = nn.functional.pad(image, [1, 1, 1, 1], PaddingModes.Replicate);
        var ix = (Shifted(framed, 1, 2) - Shifted(framed, 1, 0)) * 0.5;
        var iy = (Shifted(framed, 2, 1) - Shifted(framed, 0, 1)) * 0.5;
        var it = b - a;
        var weight = Weights(WhollySeen(seen), image, it, robustness);
        var (wx, wy) = (weight * ix, weight * iy);
        return cat([wx * ix, wx * iy, wy * iy, wx * it, wy * it], 1).sum([0], keepdim: true).MoveToOuterDisposeScope();
    }

    /// <summary>The step d of each cell, (1, 2, h, w), with <paramref name="damping"/> on the diagonal.</summary>
    internal static Tensor Solve(Tensor equations, Tensor damping)
    {
        var parts = equations.chunk(5, 1);
        var (xx, xy, yy) = (parts[0] + damping, parts[1], parts[2] + damping);
        var determinant = (xx * yy) - (xy * xy);
        var dx = ((xy * parts[4]) - (yy * parts[3])) / determinant;
        var dy = ((xy * parts[3]) - (xx * parts[4])) / determinant;
        return cat([dx, dy], 1);
    }

    private static Tensor Weights(Tensor seen, Tensor image, Tensor it, double robustness)
    {
        if (robustness <= 0)
            return seen;
        var squared = it * it;
        var wet = image.gt(Wet).to_type(ScalarType.Float32) * seen;
        var variance = (squared * wet).sum() / wet.sum().clamp(min: 1);
        return seen / ((squared / ((variance * (robustness * robustness)) + 1e-6)) + 1);
    }

    private static Tensor WhollySeen(Tensor seen)
    {
        var framed = nn.functional.pad(seen, [1, 1, 1, 1]);
        return seen * Shifted(framed, 1, 2) * Shifted(framed, 1, 0) * Shifted(framed, 2, 1) * Shifted(framed, 0, 1);
    }

    // The part of an image with a frame of one pixel that begins at a row and a column.
    private static Tensor Shifted(Tensor framed, long row, long column)
    {
        var shape = framed.shape;
        return framed.narrow(2, row, shape[2] - 2).narrow(3, column, shape[3] - 2);
    }
}
