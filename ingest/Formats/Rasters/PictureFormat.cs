using System.Globalization;
using ConvLstm.Nowcast.Ingest.Formats.Sources;
using ConvLstm.Nowcast.Ingest.Gdal;

namespace ConvLstm.Nowcast.Ingest.Formats.Rasters;

/// <summary>
/// Pictures with a legend (PNG, GIF, PGM), whose place, time and values the source profile says: by stored number (grey value or index of
/// the palette), or by colour.
/// </summary>
internal sealed class PictureFormat : IRadarFileFormat
{
    public string Name => "picture";

    public bool Recognises(FileKind kind, string location) => kind is FileKind.Png or FileKind.Gif or FileKind.PortableGreyMap;

    public RadarContents Describe(string location, string name, RadarReadOptions options)
    {
        var kind = FileKinds.Read(location);
        if (options.Legend is not { } legend)
            throw new FormatException($"it is a {Kind(kind)} picture, whose numbers mean nothing without a legend");
        var raster = GdalDataset.Open(location, kind switch { FileKind.Png => "PNG", FileKind.Gif => "GIF", _ => "PNM" });
        try
        {
            return legend.Colours is null ? Numbered(raster, legend, name, options) : Coloured(raster, name, options);
        }
        catch
        {
            raster.Dispose();
            throw;
        }
    }

    private static RadarContents Numbered(GdalDataset raster, PixelLegend legend, string name, RadarReadOptions options)
    {
        if (raster.Bands.Count > 2)
            throw new FormatException(
                $"it has {raster.Bands.Count} bands of colour; a source profile can say what its colours mean ('legend', 'colours')");
        var (time, timeFrom) = RasterTime.Of(raster.Metadata, name, options);
        var (grid, southFirst, gridFrom) = RasterGrid.Of(raster, options);
        var decoder = legend.Decoder(null, null, options);
        var scan = new RasterScan(time, TimeSpan.Zero, raster.Bands[0], Tabulated(decoder, legend), southFirst);
        return Contents(raster, legend, decoder, grid, scan, gridFrom, timeFrom, []);
    }

    /// <summary>A raster whose colours are looked up in the legend.</summary>
    internal static RadarContents Coloured(GdalDataset raster, string name, RadarReadOptions options)
    {
        var legend = options.Legend!;
        var (time, timeFrom) = RasterTime.Of(raster.Metadata, name, options);
        var (grid, southFirst, gridFrom) = RasterGrid.Of(raster, options);
        var decoder = legend.Decoder(null, null, options);
        var rates = legend.Colours!.ToDictionary(c => Colour(c.Key), c => c.Value is { } value ? decoder.RainRate(value) : float.NaN);
        var scan = new ColourScan(time, raster, rates, southFirst);
        var unknown = scan.ShareUnknown(grid);
        string[] notes = unknown > 0
            ? [FormattableString.Invariant($"{unknown:P1} of the pixels have colours that the legend does not name and are missing")] : [];
        return Contents(raster, legend, decoder, grid, scan, gridFrom, timeFrom, notes);
    }

    /// <summary>The decoder, with the values of a legend that gives one for each stored number.</summary>
    internal static PixelDecoder Tabulated(PixelDecoder decoder, PixelLegend? legend) => legend?.Values is { } values
        ? decoder with { Values = values } : decoder;

    private static RadarContents Contents(
        GdalDataset raster, PixelLegend legend, PixelDecoder decoder, RadarGrid grid, IStoredScan scan, string gridFrom, string timeFrom,
            string[] notes) =>
        new(decoder.Units.Quantity, legend.Units!, grid, [scan], new(
            gridFrom, timeFrom, "the legend of the source profile", decoder.Units.Quantity == RainQuantity.Accumulation
                ? "the source profile" : null))
        {
            Notes = notes,
            Source = raster,
        };

    // #rrggbb as one number.
    private static int Colour(string text) =>
        text.Length == 7 && text[0] == '#'
            && int.TryParse(text.AsSpan(1), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var colour)
            ? colour
            : throw new FormatException($"the legend has a colour '{text}', which is not of the form #rrggbb");

    private static string Kind(FileKind kind) => kind switch
    {
        FileKind.Png => "PNG",
        FileKind.Gif => "GIF",
        _ => "PGM",
    };
}
