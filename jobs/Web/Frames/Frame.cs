using ConvLstm.Nowcast.Ingest;

namespace ConvLstm.Nowcast.Jobs.Web.Frames;

/// <summary>What the bytes of a frame mean.</summary>
internal enum FrameKind : byte
{
    /// <summary>Rain rates, see <see cref="RainCode"/>.</summary>
    Rate = 0,

    /// <summary>Per cent plus one.</summary>
    Percent = 1,

    /// <summary>Depths in mm, in the codes of rates.</summary>
    Depth = 2,
}

/// <summary>One map as a picture: a byte a pixel.</summary>
/// <param name="Grid">Where the pixels lie.</param>
/// <param name="ValidTime">UTC.</param>
/// <param name="Kind">What the bytes mean.</param>
/// <param name="Codes">Row-major, row 0 north.</param>
/// <param name="Version">Changes where the map changes.</param>
internal sealed record Frame(RadarGrid Grid, DateTimeOffset ValidTime, FrameKind Kind, byte[] Codes, string Version);
