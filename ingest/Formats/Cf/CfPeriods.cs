using ConvLstm.Nowcast.Ingest.NetCdf;

namespace ConvLstm.Nowcast.Ingest.Formats.Cf;

/// <summary>
/// The periods of accumulations, by the first that says it: the source's setting, bounds, the variable itself, when each began, the step
/// from scan to scan, how often it was sampled, and last what the file says of itself as a whole.
/// </summary>
internal static class CfPeriods
{
    private static readonly string[] StartNames =
        ["start_time", "time_start", "begin_time", "accumulation_start", "accumulation_start_time"];

    /// <exception cref="FormatException">Nothing says it.</exception>
    internal static (CfScanTime[] Scans, string From) Find(CfRainVariable rain, NetCdfVariable? coordinate, CfScanTime[] scans,
        RadarReadOptions options)
    {
        var bounds = Bounds(rain, coordinate, scans);
        if (options.AccumulationPeriod is { } given)
            return ([.. (bounds ?? scans).Select(s => s with { Period = given })], "the source's setting");
        var (found, from) = bounds is not null ? (bounds, "bounds")
            : Every(scans, CfDuration.OfVariable(rain)) is { } own ? (own, "the variable")
            : Starts(rain, scans) is { } starts ? (starts, "its starts")
            : Step(scans) is { } step ? (step, "the step of the times")
            : Every(scans, CfDuration.OfSampling(rain)) is { } sampled ? (sampled, "the interval of the cell methods")
            : (Every(scans, CfDuration.OfFile(rain)) ?? scans, "the file as a whole");
        return found.All(s => s.Period > TimeSpan.Zero)
            ? (found, from)
            : throw new FormatException($"{rain.Variable.Name} is an accumulation but the file does not say over which period");
    }

    private static CfScanTime[]? Every(CfScanTime[] scans, TimeSpan? period) =>
        period is { } one && one > TimeSpan.Zero ? [.. scans.Select(s => s with { Period = one })] : null;

    // CF section 7.1: two values for each time, in its units; the second is when the accumulation ends.
    private static CfScanTime[]? Bounds(CfRainVariable rain, NetCdfVariable? coordinate, CfScanTime[] scans)
    {
        if (coordinate?.Attributes.Text("bounds") is not { } name || rain.Sibling(name) is not { } bounds
            || bounds.Length < 2 * (scans[^1].Slot + 1))
            return null;
        var edges = CfTimeValues.Read(bounds, CfTimeValues.IsTime(bounds) ? bounds : coordinate);
        return scans.All(s => edges[2 * s.Slot] is not null && edges[(2 * s.Slot) + 1] is not null)
            ? [.. scans.Select(s => new CfScanTime(s.Slot, edges[(2 * s.Slot) + 1]!.Value,
                edges[(2 * s.Slot) + 1]!.Value - edges[2 * s.Slot]!.Value))]
            : null;
    }

    private static CfScanTime[]? Starts(CfRainVariable rain, CfScanTime[] scans)
    {
        var variable = StartNames.Select(rain.Sibling).OfType<NetCdfVariable>()
            .FirstOrDefault(v => CfTimeValues.IsTime(v) && v.Length > scans[^1].Slot);
        if (variable is not null && CfTimeValues.Read(variable, variable) is var begun && scans.All(s => begun[s.Slot] < s.Valid))
            return [.. scans.Select(s => s with { Period = s.Valid - begun[s.Slot]!.Value })];
        return scans.Length == 1 && CfTimeAttributes.Start(rain) is { } begin && begin < scans[0].Valid
            ? [scans[0] with { Period = scans[0].Valid - begin }]
            : null;
    }

    // Scans of one file that follow each other regularly each hold what fell since the one before; a gap makes a step longer, never
    // shorter.
    private static CfScanTime[]? Step(CfScanTime[] scans)
    {
        if (scans.Length < 2)
            return null;
        var steps = scans.Zip(scans.Skip(1), (a, b) => b.Valid - a.Valid).Where(s => s > TimeSpan.Zero).ToArray();
        return steps.Length == 0 ? null
            : Every(scans, steps.CountBy(s => s).OrderByDescending(s => s.Value).ThenBy(s => s.Key).First().Key);
    }
}
