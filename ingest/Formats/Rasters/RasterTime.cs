using System.Globalization;
using System.Text.RegularExpressions;
using ConvLstm.Nowcast.Ingest.Formats.Sources;

namespace ConvLstm.Nowcast.Ingest.Formats.Rasters;

/// <summary>When a raster holds: by the source's pattern of names, or by an item of its metadata that is called a time.</summary>
internal static partial class RasterTime
{
    // The first that is there; the time of writing (TIFFTAG_DATETIME) is none of the scan.
    private static readonly string[] Names =
        ["valid_time", "validtime", "observation time", "observation_time", "obstime", "nominal_time", "time", "datetime",
            "acquisitiondatetime", "time_coverage_end"];

    /// <exception cref="FormatException">Nothing says when it holds.</exception>
    internal static (DateTimeOffset Time, string From) Of(IReadOnlyDictionary<string, string> metadata, string name,
        RadarReadOptions options)
    {
        if (options.TimePattern is { } pattern)
            return (FileNameTime.Read(pattern, name), "the name of the file");
        foreach (var key in Names)
        {
            if (metadata.TryGetValue(key, out var text))
                return (Read(text) ?? throw new FormatException($"its {key} '{text}' is no time"), key);
        }
        throw new FormatException("nothing in it says when it holds; a source profile can say where the time stands in its name ('time')");
    }

    internal static DateTimeOffset? Read(string text)
    {
        text = text.Trim();
        if (Digits().Match(text) is not { Success: true })
            return CivilTime.Read(text);
        var format = "yyyyMMddHHmmss"[..text.Length];
        return DateTimeOffset.TryParseExact(text, format, CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time : null;
    }

    // yyyyMMddHHmm, with seconds or without.
    [GeneratedRegex(@"^\d{12}(?:\d\d)?$")]
    private static partial Regex Digits();
}
