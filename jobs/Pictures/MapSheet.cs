using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Jobs.Web.Frames;

namespace ConvLstm.Nowcast.Jobs.Pictures;

/// <summary>A map and the line above it.</summary>
/// <param name="Caption">What and when.</param>
/// <param name="Kind">What the codes mean.</param>
/// <param name="Codes">See <see cref="RainCode"/>.</param>
internal sealed record CaptionedMap(string Caption, FrameKind Kind, byte[] Codes);

/// <summary>Rows of maps of one grid under one title.</summary>
/// <param name="Title">Of the whole.</param>
/// <param name="Attribution">Whose data are shown.</param>
/// <param name="Grid">Of every map.</param>
/// <param name="Rows">The maps, row by row.</param>
internal sealed record MapSheet(string Title, string Attribution, RadarGrid Grid, IReadOnlyList<IReadOnlyList<CaptionedMap>> Rows)
{
    /// <summary>The kinds of maps on it, each of which needs a legend.</summary>
    internal IReadOnlyList<FrameKind> Kinds => [.. Rows.SelectMany(row => row).Select(map => map.Kind).Distinct().Order()];

    /// <summary>A sheet for each time, its maps side by side: the frames of an animation.</summary>
    internal IReadOnlyList<MapSheet> Frames() =>
        [.. Enumerable.Range(0, Rows[0].Count).Select(time => this with { Rows = [[.. Rows.Select(row => row[time])]] })];
}
