using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Sequences;
using ConvLstm.Nowcast.Model;

namespace ConvLstm.Nowcast.Interpolation;

/// <summary>A scan that is made up between two others when it is read.</summary>
internal sealed class InterpolatedScan(IScan before, IScan after, DateTimeOffset time) : IScan
{
    public RadarGrid Grid => before.Grid;

    public DateTimeOffset ValidTime => time;

    public string Source => $"between {before.Source} and {after.Source}";

    public bool IsInterpolated => true;

    public RadarFrame Read(CancellationToken cancellation = default)
    {
        using var scope = NewDisposeScope();
        var fraction = (time - before.ValidTime) / (after.ValidTime - before.ValidTime);
        var rain = MotionGapFilling.Between(Pixels(before, cancellation), Pixels(after, cancellation), fraction);
        return new RadarFrame(Grid, time, rain.ToFloats()) { IsInterpolated = true };
    }

    private static Tensor Pixels(IScan scan, CancellationToken cancellation) =>
        tensor(scan.Read(cancellation).RainRate, [scan.Grid.Height, scan.Grid.Width]);
}
