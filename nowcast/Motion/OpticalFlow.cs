namespace ConvLstm.Nowcast.Motion;

/// <summary>
/// The motion of rain between scans: iterative, pyramidal least squares on log-rain (Lucas and Kanade 1981; Bouguet 2001)
/// with Gaussian windows, several scan pairs in one system, Cauchy's weights against growth and decay, and a field that
/// is smoothed and carried into dry areas by normalised convolution.
/// </summary>
public static class OpticalFlow
{
    // A step of one solution, in pixels of its level: the linearisation holds no further.
    private const double LargestStep = 2;

    // On the way to a far minimum the fit may get worse for a while; a motion that runs out of the grid gets much worse.
    private const double WorstTaken = 2;

    // The side of the smallest image in which motion is looked for, in pixels of its level.
    private const int SmallestImage = 10;

    // Shares of the mean of the normal matrices' trace: what damps a solution, and what an empty area counts.
    private const double Damping = 1e-3;

    // A field four times as wide stands behind the field where it has nothing to go by, and the mean behind that.
    private const double WideSmoothing = 4;

    /// <param name="rain">(T, H, W) in mm/h, oldest first, T at least 2; NaN where not observed.</param>
    /// <param name="options">The defaults where null.</param>
    /// <returns>(2, H, W): columns to the east and rows to the south that rain moves in one step; zero where no scan shows any.</returns>
    /// <exception cref="ArgumentException">Not (T, H, W) with two scans or more.</exception>
    public static Tensor Estimate(Tensor rain, MotionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(rain);
        options ??= new MotionOptions();
        var shape = rain.shape;
        if (shape.Length != 3 || shape[0] < 2)
            throw new ArgumentException($"Motion needs (time, height, width) with two scans or more, not [{string.Join(", ", shape)}].",
                nameof(rain));
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var scans = Math.Min(shape[0], options.ScanPairs + 1);
        var levels = ScanPyramid.Build(rain.narrow(0, shape[0] - scans, scans), options);
        var padded = levels[0].Scans.shape;
        var cells = zeros([1, 2, padded[2] / options.Cell, padded[3] / options.Cell], device: rain.device);
        for (var level = CoarsestUseful(options, shape); level >= options.FinestLevel; level--)
            cells = Improve(cells, ScanPyramid.Blurred(levels[level], options.Blur), options);
        return Resized(cells, padded[2], padded[3])[0]
            .narrow(1, 0, shape[1]).narrow(2, 0, shape[2]).contiguous().MoveToOuterDisposeScope();
    }

    // On a level of a few pixels a blur leaves nothing to match.
    private static int CoarsestUseful(MotionOptions options, long[] shape)
    {
        var halvings = (int)Math.Floor(Math.Log2(Math.Min(shape[1], shape[2]) / (double)SmallestImage));
        return Math.Clamp(halvings, options.FinestLevel, options.CoarsestLevel);
    }

    // The iterations of a level; one that explains the scans much worse than the motion before it is not taken.
    private static Tensor Improve(Tensor cells, PyramidLevel level, MotionOptions options)
    {
        var misfit = Misfit.Of(level, cells);
        for (var i = 0; i < options.Iterations; i++)
        {
            var better = Step(cells, level, options);
            var after = Misfit.Of(level, better);
            if (!(after <= misfit * WorstTaken))
                break;
            (cells, misfit) = (better, after);
        }
        return cells;
    }

    // One warp and one solution at a level.
    private static Tensor Step(Tensor cells, PyramidLevel level, MotionOptions options)
    {
        using var scope = NewDisposeScope();
        var size = cells.shape;
        var window = options.Window / options.Cell;
        var equations = NormalEquations.Of(level, cells, options.Robustness);
        equations = ToCells(equations, options.Cell / level.Scale, size[2], size[3]);
        var trace = (equations.narrow(1, 0, 1) + equations.narrow(1, 2, 1)).mean() + 1e-9;
        var summed = GaussianBlur.Apply(equations, window);
        var step = NormalEquations.Solve(summed, trace * Damping).clamp(-LargestStep, LargestStep) * level.Scale;
        var certainty = summed.narrow(1, 0, 1) + summed.narrow(1, 2, 1);
        return Smooth(cells + step, certainty, trace * Damping, options.Smoothing / options.Cell).MoveToOuterDisposeScope();
    }

    private static Tensor Smooth(Tensor cells, Tensor certainty, Tensor least, double sigma)
    {
        var mean = (cells * certainty).sum([2, 3], keepdim: true) / certainty.sum([2, 3], keepdim: true).clamp(min: 1e-12);
        var wide = GaussianBlur.Normalised(cells, certainty, sigma * WideSmoothing, mean, least);
        return GaussianBlur.Normalised(cells, certainty, sigma, wide, least);
    }

    private static Tensor ToCells(Tensor equations, int pixelsPerCell, long height, long width) => pixelsPerCell switch
    {
        > 1 => nn.functional.avg_pool2d(equations, [pixelsPerCell, pixelsPerCell]),
        1 => equations,
        _ => Resized(equations, height, width),
    };

    internal static Tensor Resized(Tensor images, long height, long width) =>
        nn.functional.interpolate(images, [height, width], mode: InterpolationMode.Bilinear, align_corners: false);
}
