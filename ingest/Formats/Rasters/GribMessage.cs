using System.Globalization;
using System.Text.RegularExpressions;
using ConvLstm.Nowcast.Ingest.Gdal;

namespace ConvLstm.Nowcast.Ingest.Formats.Rasters;

/// <summary>What GDAL tells of a message, <see href="https://gdal.org/en/stable/drivers/raster/grib.html"/>, as meaning.</summary>
internal sealed partial record GribMessage(GdalBand Band, string Element, string UnitText, DateTimeOffset ValidTime, TimeSpan Lead)
{
    // Discipline of the tables of MRMS, https://www.nssl.noaa.gov/projects/mrms/operational/tables.php
    private const string MrmsDiscipline = "209";
    private const double MrmsMissing = -1, MrmsNoCoverage = -3, MrmsNoReflectivity = -999;

    // Code table 4.4 of the WMO: units of time, in seconds.
    private static readonly Dictionary<int, double> Seconds = new()
    {
        [0] = 60, [1] = 3600, [2] = 86400, [10] = 10800, [11] = 21600,
        [12] = 43200, [13] = 1
    };

    // Code table 4.3: the generating process of a product is a forecast.
    private const string ForecastProcess = "2";

    // Templates of statistics over time: their end, number of ranges, … unit and length stand behind so many values of template 4.8.
    private const int PeriodUnit = 25, PeriodLength = 26;

    internal RainUnits? Units { get; } = RainUnits.Find(UnitText);

    /// <summary>The vertical level, as GDAL words it.</summary>
    internal required string Level { get; init; }

    internal required string Comment { get; init; }

    /// <summary>The period of a sum; null where nothing says it.</summary>
    internal required TimeSpan? Period { get; init; }

    internal required string PeriodFrom { get; init; }

    internal required IReadOnlyList<double> Missing { get; init; }

    /// <summary>A unit alone proves nothing: snow and vapour are kg m⁻² too.</summary>
    internal bool IsNamedRain => Rain().IsMatch($"{Element} {Comment}") && !NotRain().IsMatch($"{Element} {Comment}");

    internal static GribMessage Read(GdalBand band)
    {
        var items = band.Metadata;
        string Item(string name) => items.GetValueOrDefault(name, "");
        var element = Item("GRIB_ELEMENT");
        var (period, from) = ReadPeriod(element, Item("GRIB_PDS_PDTN"), Item("GRIB_PDS_TEMPLATE_ASSEMBLED_VALUES"));
        // In parentheses where several divide: [kg/(m^2 s)].
        var units = Item("GRIB_UNIT").Trim('[', ']').Replace("(", "", StringComparison.Ordinal).Replace(")", "", StringComparison.Ordinal);
        var isReflectivity = RainUnits.Find(Spell(units)) is { Quantity: RainQuantity.Reflectivity };
        double[] mrms = Item("GRIB_DISCIPLINE") != MrmsDiscipline ? [] : isReflectivity ? [MrmsNoReflectivity]
            : [MrmsMissing, MrmsNoCoverage];
        var valid = Time(Item("GRIB_VALID_TIME"), element);
        var isForecast = Item("GRIB_PDS_TEMPLATE_ASSEMBLED_VALUES").Split(' ') is [_, _, ForecastProcess, ..]
            || Leading(Item("GRIB_FORECAST_SECONDS")) > 0;
        var lead = isForecast ? valid - Time(Item("GRIB_REF_TIME"), element) : TimeSpan.Zero;
        return new GribMessage(band, element, Spell(units), valid, lead > TimeSpan.Zero ? lead : TimeSpan.Zero)
        {
            Level = Item("GRIB_SHORT_NAME"),
            Comment = Item("GRIB_COMMENT"),
            Period = period,
            PeriodFrom = from,
            Missing = [.. mrms, .. band.NoData is { } none ? [(float)none] : Array.Empty<double>()],
        };
    }

    private static string Spell(string units) => units.Equals("dB", StringComparison.OrdinalIgnoreCase) ? "dBZ" : units;

    private static (TimeSpan? Period, string From) ReadPeriod(string element, string template, string values)
    {
        var numbers = values.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (template is "8" && numbers.Length > PeriodLength
            && int.TryParse(numbers[PeriodUnit], CultureInfo.InvariantCulture, out var unit)
            && Seconds.TryGetValue(unit, out var seconds)
                && double.TryParse(numbers[PeriodLength], CultureInfo.InvariantCulture, out var length) && length > 0)
            return (TimeSpan.FromSeconds(length * seconds), "time range of the message");
        // MRMS and GDAL's names of sums: RadarOnlyQPE01H, RadarOnlyQPE15M, APCP01.
        var named = NamedPeriod().Match(element);
        return !named.Success ? (null, "")
            : (named.Groups["unit"].Value == "M" ? TimeSpan.FromMinutes(Number(named)) : TimeSpan.FromHours(Number(named)),
                "the element's name");
    }

    private static double Number(Match match) => double.Parse(match.Groups["n"].Value, CultureInfo.InvariantCulture);

    private static DateTimeOffset Time(string text, string element) => Leading(text) is { } seconds and > -6e10 and < 2e11
        ? DateTimeOffset.FromUnixTimeSeconds((long)seconds)
        : throw new FormatException($"the message {element} has no valid time");

    // "1560124800", in older versions "1560124800 sec UTC".
    private static double? Leading(string text) =>
        double.TryParse(text.Split(' ', 2)[0], NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : null;

    [GeneratedRegex("precip|rain|qpe|reflectiv|apcp|prate|tprate", RegexOptions.IgnoreCase)]
    private static partial Regex Rain();

    [GeneratedRegex("snow|freez|ice|type|probab|percent|potential|convective|flag|quality|gauge influence|height of",
        RegexOptions.IgnoreCase)]
    private static partial Regex NotRain();

    [GeneratedRegex(@"(?<n>\d\d)(?<unit>[HM]?)$")]
    private static partial Regex NamedPeriod();
}
