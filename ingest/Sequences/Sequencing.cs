namespace ConvLstm.Nowcast.Ingest.Sequences;

/// <summary>How scans are put in order.</summary>
public sealed record SequencingOptions
{
    public static SequencingOptions Default { get; } = new();

    /// <summary>The time between scans; found from the data where null.</summary>
    public TimeSpan? Step { get; init; }

    /// <summary>A scan may be this part of a step early or late and still count as the one that was due.</summary>
    public double Jitter { get; init; } = 0.1;

    public IGapFilling Filling { get; init; } = NoGapFilling.Instance;
}

/// <summary>A scan that was left out, and why.</summary>
public sealed record DroppedScan(IScan Scan, string Reason);

/// <summary>A time between two scans of a grid that is longer than the step.</summary>
/// <param name="After">The last scan before it.</param>
/// <param name="Before">The first scan after it.</param>
/// <param name="Missing">How many scans would have been due.</param>
/// <param name="IsFilled">True where they were made up and the sequence goes on.</param>
public sealed record SequenceGap(IScan After, IScan Before, int Missing, bool IsFilled);

/// <summary>Regular series, and what was found on the way.</summary>
public sealed record SequencingResult(IReadOnlyList<ScanSeries> Series, IReadOnlyList<DroppedScan> Dropped,
    IReadOnlyList<SequenceGap> Gaps);

/// <summary>
/// From scans in any order to regular series: one for each grid and run without a gap. The step and its phase are found in each
/// run, the commonest difference and remainder of the valid times; doubles and scans off the step are left out and named. Where the times
/// keep no phase, each scan is counted from the one after it.
/// </summary>
public static class Sequencing
{
    // Services time composites to the minute; files say some seconds more or less.
    private static readonly long Resolution = TimeSpan.FromSeconds(30).Ticks;

    // With fewer differences than this the commonest is all there is to go by.
    private const int LeastToEstimate = 4;

    // A break of this many steps starts a run that may have a step and phase of its own.
    private const int LongestBreak = 4;

    /// <param name="scans">In any order.</param>
    /// <param name="options">How they are put in order; the usual way where null.</param>
    /// <param name="cancellation">Stops between two scans of one time, which are read to be compared.</param>
    public static SequencingResult Arrange(IEnumerable<IScan> scans, SequencingOptions? options = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(scans);
        options ??= SequencingOptions.Default;
        var result = new SequencingResult(new List<ScanSeries>(), new List<DroppedScan>(), new List<SequenceGap>());
        foreach (var group in ByGrid(scans))
        {
            // A stable sort: of two scans of one time the one given later stays the later.
            var sorted = group.OrderBy(s => s.ValidTime).ToList();
            foreach (var run in ContiguousRuns(sorted, FindStep(sorted, options)))
                new ContiguousScans(options, result, cancellation).Arrange(run, FindStep(run, options));
        }
        return result;
    }

    /// <summary>
    /// The commonest difference of two neighbouring times, the shorter of two that are as common; null for a single time.
    /// </summary>
    internal static TimeSpan? FindStep(IReadOnlyList<IScan> sorted, SequencingOptions options)
    {
        if (options.Step is { } given)
            return given;
        var differences = sorted.Zip(sorted.Skip(1), (a, b) => Snap((b.ValidTime - a.ValidTime).Ticks)).Where(d => d > 0);
        var counted = differences.CountBy(d => d).OrderByDescending(d => d.Value).ThenBy(d => d.Key).ToList();
        if (counted.Count == 0)
            return null;
        // Of a feed whose times wander no difference is common: then the mean of those that are near the middle one, which is the step
        // once.
        var all = counted.Sum(d => d.Value);
        return new TimeSpan(2 * counted[0].Value >= all || all < LeastToEstimate ? counted[0].Key : Middle(sorted));
    }

    private static long Middle(IReadOnlyList<IScan> sorted)
    {
        var exact = sorted.Zip(sorted.Skip(1), (a, b) => (b.ValidTime - a.ValidTime).Ticks).Where(d => Snap(d) > 0).Order().ToArray();
        var median = exact[exact.Length / 2];
        return Snap((long)exact.Where(d => Math.Abs(d - median) <= median / 4).Average());
    }

    /// <summary>The time within a step at which scans are due: the commonest, or the mean around the circle where none is common.</summary>
    internal static long FindPhase(IReadOnlyList<IScan> sorted, TimeSpan step)
    {
        var (phase, count) = sorted.CountBy(s => Snap(s.ValidTime.Ticks) % step.Ticks).MaxBy(p => p.Value);
        if (2 * count >= sorted.Count || sorted.Count < LeastToEstimate)
            return phase;
        var angles = sorted.Select(s => 2 * Math.PI * (s.ValidTime.Ticks % step.Ticks) / step.Ticks).ToArray();
        var mean = Math.Atan2(angles.Average(Math.Sin), angles.Average(Math.Cos)) / (2 * Math.PI) * step.Ticks;
        return ((Snap((long)mean) % step.Ticks) + step.Ticks) % step.Ticks;
    }

    internal static long Snap(long ticks) => (ticks + (Resolution / 2)) / Resolution * Resolution;

    private static List<List<IScan>> ByGrid(IEnumerable<IScan> scans)
    {
        var groups = new List<List<IScan>>();
        foreach (var scan in scans)
        {
            var group = groups.FirstOrDefault(g => g[0].Grid.CoversTheSame(scan.Grid));
            if (group is null)
                groups.Add([scan]);
            else
                group.Add(scan);
        }
        return groups;
    }

    private static IEnumerable<List<IScan>> ContiguousRuns(List<IScan> sorted, TimeSpan? step)
    {
        var run = new List<IScan>();
        foreach (var scan in sorted)
        {
            if (run.Count > 0 && scan.ValidTime - run[^1].ValidTime > LongestBreak * step)
            {
                yield return run;
                run = [];
            }
            run.Add(scan);
        }
        yield return run;
    }
}
