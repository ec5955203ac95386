using ConvLstm.Nowcast.Ingest.Sequences;
using ConvLstm.Nowcast.Motion;
using ConvLstm.Nowcast.MovingFrame;

namespace ConvLstm.Nowcast.Methods;

/// <summary>The newest scans in the frame of the rain, and the way back: what all methods on a cascade begin with.</summary>
/// <param name="Rain">(T, H, W) in mm/h, the newest last; NaN where not observed.</param>
/// <param name="Motion">(2, H, W), pixels per step.</param>
/// <param name="Displacements">For each lead, where the air of a pixel was.</param>
internal sealed record AlignedScans(Tensor Rain, Tensor Motion, IReadOnlyList<Tensor> Displacements)
{
    /// <param name="past">The scans.</param>
    /// <param name="scans">How many of them to align; the motion may be that of more.</param>
    /// <param name="leads">How many leads.</param>
    /// <param name="cancellation">Stops between motion and alignment.</param>
    /// <param name="device">Where; the processor where null.</param>
    internal static AlignedScans Of(RadarSequence past, int scans, int leads, CancellationToken cancellation, Device? device = null)
    {
        var how = MotionOptions.For(past.Step);
        var rain = Scans.Newest(past, Math.Min(past.Frames.Count, Math.Max(scans, how.ScanPairs + 1))).to(device ?? CPU);
        var count = (int)rain.shape[0];
        var motion = NewestMotion.Of(
            past, rain.narrow(0, Math.Max(0, count - how.ScanPairs - 1), Math.Min(count, how.ScanPairs + 1)), how);
        cancellation.ThrowIfCancellationRequested();
        var used = rain.narrow(0, count - scans, scans);
        return new(Alignment.Align(used, scans - 1, motion), motion, SemiLagrangian.Displacements(motion, leads));
    }
}
