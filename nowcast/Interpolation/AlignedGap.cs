using ConvLstm.Nowcast.Ingest.Sequences;
using ConvLstm.Nowcast.Motion;
using ConvLstm.Nowcast.MovingFrame;

namespace ConvLstm.Nowcast.Interpolation;

/// <summary>
/// The scans around a gap, moved to the time of a missing one along the motion between the scans next to the gap: linear blending of
/// these is motion-compensated interpolation, so a network that reads them starts there.
/// </summary>
internal sealed class AlignedGap
{
    private readonly Tensor _motion;
    private readonly int _gap;

    /// <param name="before">(H, W), the last scan before the gap, mm/h.</param>
    /// <param name="after">(H, W), the first after it.</param>
    /// <param name="gap">Missing scans.</param>
    internal AlignedGap(Tensor before, Tensor after, int gap)
    {
        _gap = gap;
        _motion = OpticalFlow.Estimate(stack([before, after]));
    }

    /// <summary>A scan at the time of a missing one.</summary>
    /// <param name="scan">(H, W), mm/h.</param>
    /// <param name="place">Steps after the last scan before the gap.</param>
    /// <param name="missing">1 for the first missing scan.</param>
    internal Tensor At(Tensor scan, int place, int missing) =>
        place == missing ? scan : SemiLagrangian.AdvectRain(scan,
            SemiLagrangian.Displacements(_motion * ((double)(missing - place) / (_gap + 1)), 1)[0]);

    /// <summary>What the network reads: (scans, H, W, 2).</summary>
    /// <param name="scans">As many before the gap as after it, (scans, H, W).</param>
    /// <param name="missing">1 for the first missing scan.</param>
    /// <param name="normalisation">From mm/h to the network's rain.</param>
    internal Tensor Read(Tensor scans, int missing, Normalisation normalisation)
    {
        var side = (int)scans.shape[0] / 2;
        var moved = Enumerable.Range(0, 2 * side).Select(i => At(scans[i], i < side ? i - side + 1 : i - side + _gap + 1, missing));
        return NormalisedRain.WithMask(stack(moved), normalisation);
    }
}
