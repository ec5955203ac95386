using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Sequences;
using ConvLstm.Nowcast.Model.Checkpoints;
using ConvLstm.Nowcast.Model.Networks;
using ConvLstm.Nowcast.MovingFrame;

namespace ConvLstm.Nowcast.Interpolation;

/// <summary>Fills gaps with a trained <see cref="ConvLstmInterpolator"/>, in the frame of the rain.</summary>
public sealed class LearnedGapFilling
{
    private readonly Checkpoint _checkpoint;
    private readonly Normalisation _normalisation;

    /// <exception cref="ReportedException">The checkpoint is of another network.</exception>
    public LearnedGapFilling(Checkpoint checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        if (checkpoint.Network is not ConvLstmInterpolator)
            throw new ReportedException($"The model {checkpoint.Version} fills no gaps: train one with 'nowcast study interpolation'.");
        _checkpoint = checkpoint;
        _normalisation = Normalisation.FromMetadata(checkpoint.Metadata.Normalisation);
    }

    /// <summary>Missing scans of a gap.</summary>
    public int Gap => _checkpoint.Network.Options.Gap;

    /// <summary>Scans read on each side.</summary>
    public int Side => _checkpoint.Metadata.PastFrames / 2;

    /// <summary>The missing scans: each (H, W) in mm/h, NaN where neither side knows the air.</summary>
    /// <param name="scans">(2·<see cref="Side"/>, H, W) in mm/h, those before the gap first, NaN where not observed.</param>
    public IReadOnlyList<Tensor> Fill(Tensor scans)
    {
        ArgumentNullException.ThrowIfNull(scans);
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        var gap = new AlignedGap(scans[Side - 1], scans[Side], Gap);
        var filled = new List<Tensor>();
        for (var missing = 1; missing <= Gap; missing++)
        {
            var read = gap.Read(scans, missing, _normalisation);
            var drawn = _checkpoint.Network.call(read.unsqueeze(0),
                new LeadTimes([missing], _checkpoint.Metadata.StepMinutes)).view(scans.shape[1], scans.shape[2]);
            var known = read.narrow(0, Side - 1, 2).select(3, 1).amax([0]);
            filled.Add(NormalisedRain.Invert(drawn, _normalisation).masked_fill(known.lt(0.5), float.NaN).MoveToOuterDisposeScope());
        }
        return filled;
    }
}
