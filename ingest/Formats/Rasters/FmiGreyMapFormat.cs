using System.Globalization;
using ConvLstm.Nowcast.Ingest.Gdal;
using ConvLstm.Nowcast.Ingest.Projection;

namespace ConvLstm.Nowcast.Ingest.Formats.Rasters;

/// <summary>
/// Grey maps (PGM) of the Finnish Meteorological Institute, which say in comment lines what they are: reflectivity in half decibels above
/// −32 dBZ, the largest
/// grey for what was not observed, on a polar stereographic projection between two corners in degrees.
/// </summary>
internal sealed class FmiGreyMapFormat : IRadarFileFormat
{
    // Grey 64 is 0 dBZ.
    private const double Gain = 0.5, Offset = -32;

    // The sphere on which the corners of the files agree with their metres per pixel, to millimetres.
    private const string Earth = "+R=6371288";

    public string Name => "FMI PGM";

    public bool Recognises(FileKind kind, string location) =>
        kind == FileKind.PortableGreyMap && GreyMapComments.Read(location) is { } comments
        && comments.Items.ContainsKey("obstime") && comments.Items.ContainsKey("bottomleft");

    public RadarContents Describe(string location, string name, RadarReadOptions options)
    {
        var comments = GreyMapComments.Read(location)!;
        if (options.Legend is null && !comments.Text("param").Contains("Reflectivity", StringComparison.OrdinalIgnoreCase))
            throw new FormatException($"its values are {comments.Text("param")}, not reflectivity");
        var raster = GdalDataset.Open(location, "PNM");
        try
        {
            var grid = options.Grid?.Make(options, raster.Width, raster.Height) ?? Grid(comments, raster, options);
            var (time, timeFrom) = RasterTime.Of(comments.Items, name, options);
            var decoder = (options.Legend ?? new()).Decoder("dBZ", new PixelDecoder
            {
                Units = RainUnits.Find("dBZ")!,
                ZRelation = ZRelation.MarshallPalmer,
                Scale = Gain,
                Offset = Offset,
                Missing = [comments.LargestGrey],
            }, options);
            var scan = new RasterScan(time, TimeSpan.Zero, raster.Bands[0], PictureFormat.Tabulated(decoder, options.Legend),
                SouthFirst: false);
            return new RadarContents(decoder.Units.Quantity, options.Legend?.Units ?? "dBZ", grid, [scan], new(
                options.Grid is null ? "corners and projection of the comments" : "the source profile", timeFrom,
                    $"param {comments.Text("param")}", null))
            {
                Source = raster,
            };
        }
        catch
        {
            raster.Dispose();
            throw;
        }
    }

    private static RadarGrid Grid(GreyMapComments comments, GdalDataset raster, RadarReadOptions options)
    {
        if (comments.Text("type") != "stereographic")
            throw new FormatException($"its projection '{comments.Text("type")}' is not known; a source profile can name it ('grid')");
        var proj = ProjString.Parse(string.Create(CultureInfo.InvariantCulture,
            $"+proj=stere +lat_0={comments.Number("centrallatitude")} +lat_ts={comments.Number("truelatitude")} "
            + $"+lon_0={comments.Number("centrallongitude")} {Earth}"));
        using var transform = new ProjTransform(proj.ToString());
        var (left, bottom) = transform.ToProjection(comments.Number("bottomleft"), comments.Number("bottomleft", 1));
        var (right, top) = transform.ToProjection(comments.Number("topright"), comments.Number("topright", 1));
        var (width, height) = (Grids.Length(raster.Width), Grids.Length(raster.Height));
        var (pixelX, pixelY) = ((right - left) / width, (top - bottom) / height);
        return Grids.Make(options, proj, width, height, RegularAxis.Round(pixelX, pixelX, 7), RegularAxis.Round(pixelY, pixelY, 7),
            RegularAxis.Round(left, pixelX, 4), RegularAxis.Round(top, pixelY, 4));
    }
}
