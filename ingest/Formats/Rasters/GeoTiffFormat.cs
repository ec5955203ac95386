using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using ConvLstm.Nowcast.Ingest.Gdal;

namespace ConvLstm.Nowcast.Ingest.Formats.Rasters;

/// <summary>
/// GeoTIFF of one band of rain or reflectivity: unit, scale, offset and codes from the band or from items of its metadata, as the Finnish
/// Meteorological Institute
/// writes them, or from the source profile.
/// </summary>
internal sealed class GeoTiffFormat : IRadarFileFormat
{
    public string Name => "GeoTIFF";

    public bool Recognises(FileKind kind, string location) => kind == FileKind.Tiff;

    public RadarContents Describe(string location, string name, RadarReadOptions options)
    {
        var raster = GdalDataset.Open(location, "GTiff");
        try
        {
            if (raster.Bands.Count != 1 && options.Legend?.Colours is null)
                throw new FormatException(
                    $"it has {raster.Bands.Count} bands, of which none is known to be the rain; give one of a single band, or its colours "
                        + "in a source profile");
            if (options.Legend?.Colours is not null)
                return PictureFormat.Coloured(raster, name, options);
            var band = raster.Bands[0];
            var items = Items(raster, band);
            var (time, timeFrom) = RasterTime.Of(items, name, options);
            var (grid, southFirst, gridFrom) = RasterGrid.Of(raster, options);
            var units = options.Legend?.Units ?? Units(band, items);
            var decoder = (options.Legend ?? new()).Decoder(units, OfFile(band, items), options);
            var scan = new RasterScan(time, TimeSpan.Zero, band, PictureFormat.Tabulated(decoder, options.Legend), southFirst);
            return new RadarContents(decoder.Units.Quantity, units, grid, [scan], new(
                gridFrom, timeFrom, options.Legend is null ? "the unit of the band or its metadata" : "the source profile",
                    decoder.Units.Quantity == RainQuantity.Accumulation ? "the source's setting" : null))
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

    private static string Units(GdalBand band, Dictionary<string, string> items) =>
        band.Units.Length > 0 ? band.Units
        : items.GetValueOrDefault("units") ?? items.GetValueOrDefault("unit") ?? items.GetValueOrDefault("quantity unit")
            ?? throw new FormatException("nothing says in which unit its values are; a source profile can ('legend', 'units')");

    private static PixelDecoder OfFile(GdalBand band, Dictionary<string, string> items) => new()
    {
        Units = new RainUnits(RainQuantity.Rate, 1),
        ZRelation = ZRelation.MarshallPalmer,
        Scale = Number(items, "gain", "scale_factor", "scale") ?? band.Scale ?? 1,
        Offset = Number(items, "offset", "add_offset") ?? band.Offset ?? 0,
        Missing = [.. new[] { band.NoData, Number(items, "nodata", "missing_value", "_FillValue") }.OfType<double>()
            .Select(v => band.IsInteger ? v : (float)v).Distinct()],
        Undetected = [.. new[] { Number(items, "undetect") }.OfType<double>()],
        IsFloating = !band.IsInteger,
    };

    private static double? Number(Dictionary<string, string> items, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (items.TryGetValue(name, out var text))
                return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value
                    : throw new FormatException($"its {name} '{text}' is not a number");
        }
        return null;
    }

    // Some services put GDAL's own XML of items into one item of it; attributes of an item are then named 'ITEM ATTRIBUTE'.
    private static Dictionary<string, string> Items(GdalDataset raster, GdalBand band)
    {
        var items = new Dictionary<string, string>(raster.Metadata, StringComparer.OrdinalIgnoreCase);
        foreach (var (key, value) in band.Metadata)
            items[key] = value;
        foreach (var nested in items.Values.Where(v => v.StartsWith("<GDALMetadata", StringComparison.Ordinal)).ToArray())
        {
            foreach (var item in Parse(nested).Elements("Item"))
            {
                if (item.Attribute("name")?.Value is not { } itemName)
                    continue;
                items[itemName] = item.Value;
                foreach (var attribute in item.Attributes().Where(a => a.Name.LocalName != "name"))
                    items[$"{itemName} {attribute.Name.LocalName}"] = attribute.Value;
            }
        }
        return items;
    }

    private static XElement Parse(string text)
    {
        try
        {
            using var reader = XmlReader.Create(new StringReader(text), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit });
            return XElement.Load(reader);
        }
        catch (XmlException e)
        {
            throw new FormatException($"its metadata are no XML ({e.Message.TrimEnd('.')})", e);
        }
    }
}
