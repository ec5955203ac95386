using System.Globalization;
using ConvLstm.Nowcast.Ingest.NetCdf;

namespace ConvLstm.Nowcast.Ingest.Formats.Cf;

/// <summary>The valid time of a scan and the period of an accumulation (0 for other quantities).</summary>
internal readonly record struct CfScanTime(DateTimeOffset Valid, TimeSpan Period);

/// <summary>The times of the scans of a file: from a time dimension, from a scalar variable, or from attributes.</summary>
internal static class CfTimes
{
    private static readonly string[] VariableNames = ["valid_time", "time", "end_time", "time_end", "nominal_time"];
    private static readonly string[] StartNames = ["start_time", "time_start", "begin_time", "accumulation_start", "accumulation_start_time"];
    private static readonly string[] AttributeNames = ["valid_time", "time_coverage_end", "nominal_time", "observation_time", "datetime", "time", "timestamp"];
    private static readonly string[] StartAttributes = ["start_time", "time_coverage_start", "accumulation_start"];

    internal static IReadOnlyList<CfScanTime> Read(CfRainVariable rain, CfAxes axes, RadarReadOptions options)
    {
        var coordinate = Coordinate(rain, axes);
        var count = axes.Time < 0 ? 1 : Count(rain.Variable.Dimensions[axes.Time]);
        var valid = coordinate is null ? FromAttributes(rain, count) : Decode(coordinate, coordinate);
        if (valid.Length < count)
            throw new FormatException($"{rain.Variable.Name} has {count} scans and {valid.Length} times");
        if (rain.Units.Quantity != RainQuantity.Accumulation)
            return valid.Take(count).Select(t => new CfScanTime(t, TimeSpan.Zero)).ToArray();

        var scans = Bounds(rain, coordinate, count) ?? [.. valid.Take(count).Select(t => new CfScanTime(t, TimeSpan.Zero))];
        if (options.AccumulationPeriod is { } given)
            return scans.Select(s => s with { Period = given }).ToArray();
        if (scans[0].Period == TimeSpan.Zero)
            scans = FromStarts(rain, scans) ?? FromDuration(rain, scans) ?? FromStep(scans);
        return scans.All(s => s.Period > TimeSpan.Zero)
            ? scans
            : throw new FormatException($"{rain.Variable.Name} is an accumulation but the file does not say over which period");
    }

    private static int Count(NetCdfDimension time) => time.Length is > 0 and <= 1_000_000
        ? (int)time.Length
        : throw new FormatException($"dimension {time.Name} has {time.Length} scans");

    private static NetCdfVariable? Coordinate(CfRainVariable rain, CfAxes axes)
    {
        var dimension = axes.Time < 0 ? null : rain.Variable.Dimensions[axes.Time].Name;
        bool Fits(NetCdfVariable v) => v.Type.IsNumeric() && IsTime(v)
            && (dimension is null ? v.Length == 1 : v.Dimensions is [var own] && own.Name == dimension);
        var named = (rain.Variable.Attributes.Text("coordinates") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        IEnumerable<string> names = dimension is null ? [.. named, .. VariableNames] : [dimension, .. named, .. VariableNames];
        return names.Select(rain.Sibling).OfType<NetCdfVariable>().FirstOrDefault(Fits)
            ?? rain.Scope.SelectMany(g => g.Variables).FirstOrDefault(v => Fits(v) && v.Attributes.Text("standard_name") == "time");
    }

    private static bool IsTime(NetCdfVariable variable) =>
        variable.Attributes.Text("units")?.Contains(" since ", StringComparison.Ordinal) == true;

    private static DateTimeOffset[] Decode(NetCdfVariable values, NetCdfVariable described)
    {
        if (values.Length > 2_000_000)
            throw new FormatException($"{values.Name} holds {values.Length} times");
        var unit = UdUnitsTime.Parse(described.Attributes.Text("units") ?? "", described.Attributes.Text("calendar"));
        return values.Read<double>().Select(unit.Time).ToArray();
    }

    private static DateTimeOffset[] FromAttributes(CfRainVariable rain, int count)
    {
        if (count > 1)
            throw new FormatException($"the {count} scans of {rain.Variable.Name} have no time coordinate");
        return Attribute(rain, AttributeNames) is { } time
            ? [time]
            : throw new FormatException($"nothing says when {rain.Variable.Name} holds: no time variable and no attribute such as time_coverage_end");
    }

    private static DateTimeOffset? Attribute(CfRainVariable rain, string[] names)
    {
        foreach (var attributes in rain.Scope.Select(g => g.Attributes).Prepend(rain.Variable.Attributes))
        {
            foreach (var name in names)
            {
                if (attributes.Text(name) is { } text && DateTimeOffset.TryParse(text.Replace("UTC", "Z", StringComparison.Ordinal), CultureInfo.InvariantCulture,
                    DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time))
                    return time;
            }
        }
        return null;
    }

    // CF section 7.1: two values for each time, in its units; the second is when the accumulation ends.
    private static CfScanTime[]? Bounds(CfRainVariable rain, NetCdfVariable? coordinate, int count)
    {
        if (coordinate?.Attributes.Text("bounds") is not { } name || rain.Sibling(name) is not { } bounds || bounds.Length < 2 * count)
            return null;
        var edges = Decode(bounds, IsTime(bounds) ? bounds : coordinate);
        return Enumerable.Range(0, count).Select(i => new CfScanTime(edges[(2 * i) + 1], edges[(2 * i) + 1] - edges[2 * i])).ToArray();
    }

    private static CfScanTime[]? FromStarts(CfRainVariable rain, CfScanTime[] scans)
    {
        var variable = StartNames.Select(rain.Sibling).OfType<NetCdfVariable>().FirstOrDefault(v => IsTime(v) && v.Length == scans.Length);
        if (variable is not null)
            return scans.Zip(Decode(variable, variable), (scan, start) => scan with { Period = scan.Valid - start }).ToArray();
        return scans.Length == 1 && Attribute(rain, StartAttributes) is { } begin && begin < scans[0].Valid
            ? [scans[0] with { Period = scans[0].Valid - begin }]
            : null;
    }

    private static CfScanTime[]? FromDuration(CfRainVariable rain, CfScanTime[] scans) =>
        CfDuration.Find(rain) is { } period ? scans.Select(s => s with { Period = period }).ToArray() : null;

    // Last resort: scans of one file that follow each other regularly each hold what fell since the one before.
    private static CfScanTime[] FromStep(CfScanTime[] scans)
    {
        if (scans.Length < 2)
            return scans;
        var step = scans.Zip(scans.Skip(1), (a, b) => b.Valid - a.Valid).Min();
        return scans.Select(s => s with { Period = step }).ToArray();
    }
}
