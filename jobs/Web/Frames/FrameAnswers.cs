using System.Globalization;
using System.Text;
using ConvLstm.Nowcast.Ingest;
using Microsoft.Net.Http.Headers;

namespace ConvLstm.Nowcast.Jobs.Web.Frames;

/// <summary>A frame in one of its forms, with what caches want to know.</summary>
internal static class FrameAnswers
{
    internal const string PngType = "image/png", CompactType = "application/octet-stream", WorldFileType = "text/plain",
        PamType = "application/xml";

    private const string ForEver = "public, max-age=31536000, immutable", AskAgain = "public, max-age=30";

    internal static IResult Png(HttpContext context, Frame frame, string? palette)
    {
        var name = palette ?? "standard";
        var colours = Palettes.Find(frame.Kind, name)
            ?? throw HttpErrors.BadRequest($"A palette is {string.Join(", ", Palettes.Names(frame.Kind))}.");
        return Answer(context, IndexedPng.Encode(frame.Grid.Width, frame.Grid.Height, frame.Codes, colours), PngType, frame.Version,
            $"png-{name}");
    }

    internal static IResult Compact(HttpContext context, Frame frame) =>
        Answer(context, CompactFrame.Encode(frame), CompactType, frame.Version, "bin");

    /// <summary>The world file: pixel size and the centre of the upper-left pixel, https://en.wikipedia.org/wiki/World_file.</summary>
    internal static IResult WorldFile(HttpContext context, RadarGrid grid) => Answer(context, Encoding.ASCII.GetBytes(string.Create(
        CultureInfo.InvariantCulture, $"{grid.PixelX:R}\n0\n0\n{-grid.PixelY:R}\n{grid.CentreX(0):R}\n{grid.CentreY(0):R}\n")),
            WorldFileType, grid.Name, "pgw");

    /// <summary>
    /// What GDAL and QGIS read beside a picture: the projection and the pixels' place,
    /// https://gdal.org/en/stable/user/raster_data_model.html.
    /// </summary>
    internal static IResult Pam(HttpContext context, RadarGrid grid) => Answer(context, Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $"<PAMDataset>\n  <SRS>{grid.Proj}</SRS>\n  <GeoTransform>{grid.OriginX:R}, {grid.PixelX:R}, 0, {grid.OriginY:R}, 0, "
            + $"{-grid.PixelY:R}</GeoTransform>\n</PAMDataset>\n")), PamType, grid.Name, "pam");

    /// <summary>A file with an entity tag. An address that names the version may be kept for ever.</summary>
    internal static IResult Answer(HttpContext context, byte[] bytes, string type, string version, string form)
    {
        var asked = context.Request.Query["v"].ToString();
        context.Response.Headers.CacheControl = asked.Length > 0 && version.Contains($"-{asked}-", StringComparison.Ordinal) ? ForEver
            : AskAgain;
        return TypedResults.Bytes(bytes, type, entityTag: new EntityTagHeaderValue($"\"{version}-{form}\""), enableRangeProcessing: true);
    }
}
