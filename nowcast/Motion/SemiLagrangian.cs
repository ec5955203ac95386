namespace ConvLstm.Nowcast.Motion;

/// <summary>
/// Backward semi-Lagrangian advection with a steady motion field: each pixel asks where its air was, by the midpoint rule
/// solved by fixed-point iteration (Germann and Zawadzki 2002, section 2c; Staniforth and Côté 1991). The field is
/// interpolated once, from the newest scan, however long the way, so it is not smeared from step to step.
/// </summary>
public static class SemiLagrangian
{
    private const int FixedPointIterations = 2;

    /// <summary>Where the air of each pixel was, for 1, 2 … <paramref name="steps"/> steps.</summary>
    /// <param name="motion">(2, H, W), pixels per step; beyond the edge the edge's motion holds.</param>
    /// <param name="steps">The number of steps.</param>
    /// <param name="subSteps">Parts into which a step is divided; 0 chooses so that rain moves at most 32 pixels in one.</param>
    /// <returns>For each step (2, H, W): the air at (x, y) was at (x − dx, y − dy), in pixels.</returns>
    public static IReadOnlyList<Tensor> Displacements(Tensor motion, int steps, int subSteps = 0)
    {
        ArgumentNullException.ThrowIfNull(motion);
        ArgumentOutOfRangeException.ThrowIfNegative(steps);
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        if (subSteps <= 0)
            subSteps = Math.Max(1, (int)Math.Ceiling(motion.abs().max().item<float>() / 32));
        var shape = motion.shape;
        var positions = Bilinear.Positions(shape[1], shape[2], motion.device);
        var field = (motion / subSteps).unsqueeze(0);
        var (travelled, increment) = (zeros_like(motion), field[0]);
        var displacements = new Tensor[steps];
        for (var step = 0; step < steps; step++)
        {
            // Of a large grid each of these is tens of megabytes: one at a time, and only what is asked for stays.
            using var inner = NewDisposeScope();
            for (var part = 0; part < subSteps; part++)
            {
                var last = increment;
                (travelled, increment) = Moved(field, positions - travelled, travelled, last);
                last.Dispose();
            }
            increment.MoveToOuterDisposeScope();
            displacements[step] = travelled.MoveToOuterDisposeScope();
        }
        foreach (var displacement in displacements)
            displacement.MoveToOuterDisposeScope();
        return displacements;
    }

    /// <summary>One part of a step further back from where the air was.</summary>
    private static (Tensor Travelled, Tensor Increment) Moved(Tensor field, Tensor start, Tensor travelled, Tensor increment)
    {
        using var scope = NewDisposeScope();
        for (var i = 0; i < FixedPointIterations; i++)
            increment = Bilinear.Sample(field, start - (increment * 0.5), GridSamplePaddingMode.Border)[0];
        return ((travelled + increment).MoveToOuterDisposeScope(), increment.MoveToOuterDisposeScope());
    }

    /// <summary>Moves images without gaps, such as features; zeros come in from beyond the edge.</summary>
    /// <param name="images">(N, C, H, W).</param>
    /// <param name="displacement">(2, H, W).</param>
    public static Tensor Advect(Tensor images, Tensor displacement)
    {
        ArgumentNullException.ThrowIfNull(displacement);
        using var scope = NewDisposeScope();
        var shape = displacement.shape;
        var from = Bilinear.Positions(shape[1], shape[2], displacement.device) - displacement;
        return Bilinear.Sample(images, from, GridSamplePaddingMode.Zeros).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Moves rain with gaps. A pixel is NaN where its air comes from outside the grid, or mostly from pixels that were
    /// not observed; else the observed ones among its four neighbours make its value, so that gaps do not grow.
    /// </summary>
    /// <param name="rain">(H, W) or (N, H, W) in mm/h, NaN where not observed.</param>
    /// <param name="displacement">(2, H, W).</param>
    /// <param name="mode">Nearest keeps the distribution of rates, which interpolation between pixels narrows.</param>
    /// <returns>The shape of <paramref name="rain"/>.</returns>
    public static Tensor AdvectRain(Tensor rain, Tensor displacement, GridSampleMode mode = GridSampleMode.Bilinear)
    {
        ArgumentNullException.ThrowIfNull(rain);
        ArgumentNullException.ThrowIfNull(displacement);
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        var planes = rain.shape.Length == 2 ? rain.unsqueeze(0) : rain;
        var observed = planes.isfinite().to_type(ScalarType.Float32);
        var shape = displacement.shape;
        var from = Bilinear.Positions(shape[1], shape[2], displacement.device) - displacement;
        var sampled = Bilinear.Sample(stack([planes.nan_to_num(0, 0, 0), observed], 1), from, GridSamplePaddingMode.Zeros, mode);
        var share = sampled.select(1, 1);
        // Beyond the edge nothing is observed, so air from more than half a pixel outside is not known either.
        var known = share.gt(0.5);
        var moved = (sampled.select(1, 0) / share.clamp(min: 1e-6)).masked_fill(known.logical_not(), float.NaN);
        return moved.view(rain.shape).MoveToOuterDisposeScope();
    }
}
