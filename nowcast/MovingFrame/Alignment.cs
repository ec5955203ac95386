using ConvLstm.Nowcast.Motion;

namespace ConvLstm.Nowcast.MovingFrame;

/// <summary>
/// Moves scans into the frame of the rain: each pixel then shows the same air at all times, and what is left to learn is
/// growth and decay (Germann and Zawadzki 2002 call it Lagrangian persistence when nothing is left).
/// </summary>
public static class Alignment
{
    /// <param name="rain">(T, H, W) in mm/h; NaN where not observed.</param>
    /// <param name="newest">The index of the newest past scan, which stays as it is.</param>
    /// <param name="motion">(2, H, W), pixels per step.</param>
    /// <returns>(T, H, W); NaN also where the air was, or will be, outside the grid.</returns>
    public static Tensor Align(Tensor rain, int newest, Tensor motion)
    {
        ArgumentNullException.ThrowIfNull(rain);
        ArgumentNullException.ThrowIfNull(motion);
        using var scope = NewDisposeScope();
        var times = (int)rain.shape[0];
        var back = SemiLagrangian.Displacements(motion, newest);
        var ahead = SemiLagrangian.Displacements(motion.neg(), times - 1 - newest);
        var aligned = new Tensor[times];
        for (var t = 0; t < times; t++)
        {
            // What is to be forecast keeps its extremes.
            aligned[t] = t == newest ? rain[t]
                : t < newest ? SemiLagrangian.AdvectRain(rain[t], back[newest - t - 1])
                : SemiLagrangian.AdvectRain(rain[t], ahead[t - newest - 1], GridSampleMode.Nearest);
        }
        return stack(aligned).MoveToOuterDisposeScope();
    }
}
