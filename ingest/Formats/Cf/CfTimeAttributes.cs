using ConvLstm.Nowcast.Ingest.NetCdf;

namespace ConvLstm.Nowcast.Ingest.Formats.Cf;

/// <summary>
/// Times that stand in attributes, of the variable first, then of its groups: day and time in one text, or a day in one attribute and a
/// time of day in another beside it.
/// </summary>
internal static class CfTimeAttributes
{
    private static readonly string[] Whole =
        ["valid_time", "time_coverage_end", "nominal_time", "observation_time", "datetime", "date_time", "time", "timestamp", "date"];

    private static readonly string[] Days = ["date", "valid_date", "observation_date", "nominal_date", "validity_date"];
    private static readonly string[] TimesOfDay =
        ["time", "valid_time", "observation_time", "nominal_time", "validity_time", "time_of_day"];
    private static readonly string[] Starts = ["start_time", "time_coverage_start", "accumulation_start"];

    /// <exception cref="FormatException">A day has no time, a time no day, or day and month cannot be told apart.</exception>
    internal static (DateTimeOffset Time, string From)? Valid(CfRainVariable rain)
    {
        if (InOneText(rain, Whole) is { } whole)
            return whole;
        foreach (var attributes in Places(rain))
        {
            foreach (var name in Days)
            {
                if (attributes.Text(name) is not { } text || CivilTime.ReadDate(text) is not { } day)
                    continue;
                foreach (var timeName in TimesOfDay)
                {
                    if (attributes.Text(timeName) is { } timeOfDay && CivilTime.Combine(day, timeOfDay) is { } time)
                        return (time, $"attributes {name} and {timeName}");
                }
                throw new FormatException($"attribute {name} '{text}' is a day, and no attribute beside it is a time of day");
            }
            foreach (var name in TimesOfDay)
            {
                if (attributes.Text(name) is { } text && CivilTime.Combine(DateOnly.MinValue.AddDays(1), text) is not null)
                    throw new FormatException($"attribute {name} '{text}' is a time of day, and no attribute beside it is a day");
            }
        }
        return null;
    }

    /// <summary>When an accumulation began; null where nothing says it.</summary>
    internal static DateTimeOffset? Start(CfRainVariable rain) => InOneText(rain, Starts)?.Time;

    private static (DateTimeOffset Time, string From)? InOneText(CfRainVariable rain, string[] names)
    {
        foreach (var attributes in Places(rain))
        {
            foreach (var name in names)
            {
                if (attributes.Text(name) is { } text && CivilTime.Read(text) is { } time)
                    return (time, $"attribute {name}");
            }
        }
        return null;
    }

    private static IEnumerable<NetCdfAttributes> Places(CfRainVariable rain) =>
        rain.Scope.Select(g => g.Attributes).Prepend(rain.Variable.Attributes);
}
