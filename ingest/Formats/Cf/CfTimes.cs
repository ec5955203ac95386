using ConvLstm.Nowcast.Ingest.NetCdf;

namespace ConvLstm.Nowcast.Ingest.Formats.Cf;

/// <summary>The valid time of a scan and the period of an accumulation (0 for other quantities).</summary>
/// <param name="Slot">Where the scan stands on the time axis.</param>
/// <param name="Valid">When it holds.</param>
/// <param name="Period">Over which it was summed.</param>
internal readonly record struct CfScanTime(int Slot, DateTimeOffset Valid, TimeSpan Period);

/// <summary>The times of a file, the slots that have none, and the rules that gave them.</summary>
internal sealed record CfScanTimes(IReadOnlyList<CfScanTime> Scans, IReadOnlyList<int> EmptySlots, string TimeFrom, string? PeriodFrom);

/// <summary>The times of the scans of a file: from a time dimension, from a scalar variable, or from attributes.</summary>
internal static class CfTimes
{
    private static readonly string[] VariableNames = ["valid_time", "time", "end_time", "time_end", "nominal_time"];

    /// <exception cref="FormatException">A time or a period that is needed is absent or not to be understood.</exception>
    internal static CfScanTimes Read(CfRainVariable rain, CfAxes axes, RadarReadOptions options)
    {
        var coordinate = Coordinate(rain, axes);
        var count = axes.Time < 0 ? 1 : Count(rain.Variable.Dimensions[axes.Time]);
        var (valid, from) = coordinate is null ? FromAttributes(rain, count)
            : (CfTimeValues.Read(coordinate, coordinate), $"variable {coordinate.Name}");
        if (valid.Length < count)
            throw new FormatException($"{rain.Variable.Name} has {count} scans and {valid.Length} times");
        var empty = Enumerable.Range(0, count).Where(i => valid[i] is null).ToList();
        if (empty.Count == count)
            throw new FormatException($"none of the {count} values of {coordinate?.Name} is a time");
        var scans = Enumerable.Range(0, count).Where(i => valid[i] is not null)
            .Select(i => new CfScanTime(i, valid[i]!.Value, TimeSpan.Zero)).ToArray();
        if (rain.Units.Quantity != RainQuantity.Accumulation)
            return new(scans, empty, from, null);
        var (periods, periodFrom) = CfPeriods.Find(rain, coordinate, scans, options);
        return new(periods, empty, from, periodFrom);
    }

    private static int Count(NetCdfDimension time) => time.Length is > 0 and <= 1_000_000
        ? (int)time.Length
        : throw new FormatException($"dimension {time.Name} has {time.Length} scans");

    private static NetCdfVariable? Coordinate(CfRainVariable rain, CfAxes axes)
    {
        var dimension = axes.Time < 0 ? null : rain.Variable.Dimensions[axes.Time].Name;
        bool Fits(NetCdfVariable v) => v.Type.IsNumeric() && CfTimeValues.IsTime(v)
            && (dimension is null ? v.Length == 1 : v.Dimensions is [var own] && own.Name == dimension);
        var named = (rain.Variable.Attributes.Text("coordinates") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        IEnumerable<string> names = dimension is null ? [.. named, .. VariableNames] : [dimension, .. named, .. VariableNames];
        return names.Select(rain.Sibling).OfType<NetCdfVariable>().FirstOrDefault(Fits)
            ?? rain.Scope.SelectMany(g => g.Variables).FirstOrDefault(v => Fits(v) && v.Attributes.Text("standard_name") == "time");
    }

    private static (DateTimeOffset?[] Times, string From) FromAttributes(CfRainVariable rain, int count)
    {
        if (count > 1)
            throw new FormatException($"the {count} scans of {rain.Variable.Name} have no time coordinate");
        return CfTimeAttributes.Valid(rain) is { } found
            ? ([found.Time], found.From)
            : throw new FormatException(
                $"nothing says when {rain.Variable.Name} holds: no time variable and no attribute such as time_coverage_end with day and "
                    + "time");
    }
}
