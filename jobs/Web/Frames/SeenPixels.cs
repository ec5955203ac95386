using System.Collections;
using ConvLstm.Nowcast.Ingest;

namespace ConvLstm.Nowcast.Jobs.Web.Frames;

/// <summary>
/// Two reasons why a map says nothing: the radar does not see the place, or it does, and the air that will be there comes from where it
/// does not.
/// </summary>
internal static class SeenPixels
{
    /// <summary>A radar that misses a scan or two is not blind.</summary>
    internal static readonly TimeSpan Past = TimeSpan.FromMinutes(20);

    /// <summary>The pixels that one of the scans saw; null where there are none.</summary>
    internal static BitArray? Of(IReadOnlyList<RadarFrame> scans)
    {
        if (scans.Count == 0)
            return null;
        var seen = new BitArray(scans[0].RainRate.Length);
        foreach (var scan in scans)
        {
            for (var pixel = 0; pixel < seen.Length; pixel++)
            {
                if (!float.IsNaN(scan.RainRate[pixel]))
                    seen[pixel] = true;
            }
        }
        return seen;
    }

    /// <summary>Tells them apart in a frame: nothing is said of what is not seen, whatever the layer.</summary>
    internal static void Tell(Span<byte> codes, BitArray? seen)
    {
        for (var pixel = 0; seen is not null && pixel < codes.Length; pixel++)
        {
            if (!seen[pixel])
                codes[pixel] = RainCode.Unknown;
            else if (codes[pixel] == RainCode.Unknown)
                codes[pixel] = RainCode.FromOutside;
        }
    }
}
