using ConvLstm.Nowcast.Ingest.Gdal;

namespace ConvLstm.Nowcast.Ingest.Formats.Rasters;

/// <summary>
/// GRIB, editions 1 and 2, of rain or reflectivity: the Multi-Radar/Multi-Sensor System (MRMS) and others. Of the messages those of one
/// element count, a rate
/// before a sum before reflectivity, each of its own time.
/// </summary>
internal sealed class GribFormat : IRadarFileFormat
{
    public string Name => "GRIB";

    public bool Recognises(FileKind kind, string location) => kind == FileKind.Grib;

    public RadarContents Describe(string location, string name, RadarReadOptions options)
    {
        // An index beside the file would be read in its stead.
        var raster = GdalDataset.Open(location, "GRIB", "USE_IDX=NO");
        try
        {
            var messages = raster.Bands.Select(GribMessage.Read).ToArray();
            var chosen = Choose(messages, options);
            var (grid, southFirst, gridFrom) = RasterGrid.Of(raster, options);
            var first = chosen[0];
            var scans = new List<IStoredScan>();
            foreach (var message in chosen.DistinctBy(m => m.ValidTime))
                scans.Add(new RasterScan(message.ValidTime, message.Lead, message.Band, Decoder(message, options), southFirst));
            return new RadarContents(first.Units!.Quantity, first.UnitText, grid, scans, new(
                gridFrom, "reference and forecast time of the message", $"element {first.Element}",
                first.Units.Quantity != RainQuantity.Accumulation ? null : options.AccumulationPeriod is null ? first.PeriodFrom
                    : "the source's setting"))
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

    private static GribMessage[] Choose(GribMessage[] messages, RadarReadOptions options)
    {
        var rain = messages.Where(m => m.Units is not null && (options.Variable is { } wanted ? m.Element == wanted : m.IsNamedRain))
            .ToArray();
        if (rain.Length == 0)
        {
            var found = string.Join(", ", messages.Select(m => $"{m.Element} in '{m.UnitText}'").Distinct().Take(5));
            throw new FormatException(
                $"no message is {(options.Variable is { } wanted ? $"an element {wanted} with a unit of rain" : "rain or reflectivity")} "
                    + $"(it has {found})");
        }
        var best = rain.MinBy(m => m.Units!.Quantity)!;
        return [.. rain.Where(m => m.Element == best.Element && m.Level == best.Level).OrderBy(m => m.ValidTime)];
    }

    private static PixelDecoder Decoder(GribMessage message, RadarReadOptions options)
    {
        var period = message.Units!.Quantity != RainQuantity.Accumulation ? TimeSpan.FromHours(1) : options.AccumulationPeriod
            ?? message.Period
            ?? throw new FormatException(
                $"nothing says over which period {message.Element} was summed; a source profile can ('periodMinutes')");
        return new PixelDecoder
        {
            Units = message.Units,
            IsFloating = true,
            Missing = [.. message.Missing],
            PeriodHours = period.TotalHours,
            ZRelation = options.ZRelation ?? ZRelation.MarshallPalmer,
        };
    }
}
