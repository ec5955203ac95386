using ConvLstm.Nowcast.Ingest.Sequences;
using ConvLstm.Nowcast.Motion;

namespace ConvLstm.Nowcast.Interpolation;

/// <summary>
/// Fills short gaps by motion-compensated interpolation: the scans on both sides are moved to the missing time along the motion between
/// them and blended by their distance in time (for radar: Nielsen, Thorndahl and Rasmussen 2014, Atmospheric Research 138).
/// </summary>
public sealed class MotionGapFilling : IGapFilling
{
    public static MotionGapFilling Instance { get; } = new();

    /// <summary>Two: after three steps the cells on both sides are different ones.</summary>
    public int LongestGap => 2;

    /// <summary>One scan for each missing time, made when it is read and marked as interpolated.</summary>
    public IReadOnlyList<IScan> Fill(IScan before, IScan after, IReadOnlyList<DateTimeOffset> missing)
    {
        ArgumentNullException.ThrowIfNull(missing);
        return [.. missing.Select(time => new InterpolatedScan(before, after, time))];
    }

    /// <summary>The rain at a time between two scans: (H, W) in mm/h, NaN where neither scan knows the air.</summary>
    /// <param name="before">(H, W) in mm/h, NaN where not observed.</param>
    /// <param name="after">(H, W) in mm/h, NaN where not observed.</param>
    /// <param name="fraction">0 at the first scan, 1 at the second.</param>
    public static Tensor Between(Tensor before, Tensor after, double fraction)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        ArgumentOutOfRangeException.ThrowIfLessThan(fraction, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(fraction, 1);
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        var motion = OpticalFlow.Estimate(stack([before, after]));
        var fromBefore = SemiLagrangian.AdvectRain(before, SemiLagrangian.Displacements(motion * fraction, 1)[0]);
        var fromAfter = SemiLagrangian.AdvectRain(after, SemiLagrangian.Displacements(motion * (fraction - 1), 1)[0]);
        var blended = (fromBefore * (1 - fraction)) + (fromAfter * fraction);
        // Where one side does not know the air, the other stands for both.
        var one = where(fromBefore.isfinite(), fromBefore, fromAfter);
        return where(blended.isfinite(), blended, one).MoveToOuterDisposeScope();
    }
}
