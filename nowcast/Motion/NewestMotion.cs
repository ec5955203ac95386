using System.Runtime.CompilerServices;
using ConvLstm.Nowcast.Ingest.Sequences;
using ConvLstm.Nowcast.Model;

namespace ConvLstm.Nowcast.Motion;

/// <summary>
/// The motion of the newest scans of a sequence: the same for all methods that forecast from it, so it is estimated once and kept as long
/// as the sequence is.
/// </summary>
internal static class NewestMotion
{
    private static readonly ConditionalWeakTable<RadarSequence, Estimated> Known = [];

    /// <param name="past">The sequence.</param>
    /// <param name="rain">(T, H, W) in mm/h: its newest scans, as many as <paramref name="how"/> uses where it has them.</param>
    /// <param name="how">How it is estimated; by other options it is estimated anew.</param>
    /// <returns>(2, H, W): columns to the east and rows to the south in one step, on the device of the rain.</returns>
    internal static Tensor Of(RadarSequence past, Tensor rain, MotionOptions how)
    {
        if (Known.TryGetValue(past, out var known) && known.How == how)
            return tensor(known.Motion, [2, rain.shape[1], rain.shape[2]]).to(rain.device);
        var motion = OpticalFlow.Estimate(rain, how);
        Known.AddOrUpdate(past, new(how, motion.ToFloats()));
        return motion;
    }

    private sealed record Estimated(MotionOptions How, float[] Motion);
}
