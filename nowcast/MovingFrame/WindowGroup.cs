using ConvLstm.Nowcast.Ingest.Sequences;

namespace ConvLstm.Nowcast.MovingFrame;

/// <summary>Windows that can go through a network together: of one step, pixel size, length and side of crops.</summary>
/// <param name="Windows">All of them.</param>
/// <param name="StepMinutes">The time between two of their frames.</param>
/// <param name="PixelKilometres">The side of a pixel on the ground.</param>
internal sealed record WindowGroup(IReadOnlyList<TrainingWindow> Windows, double StepMinutes, double PixelKilometres)
{
    /// <summary>Scans further apart than this leave too much of convective rain between them.</summary>
    private static readonly TimeSpan LongestStep = TimeSpan.FromMinutes(10);

    /// <summary>Steps that divide the hour's lead into more than this are not looked at to its end.</summary>
    private const int MostFuture = 12;

    private const int LeastPast = 2;

    /// <summary>Windows that begin a few scans apart are nearly the same, and each costs a motion field.</summary>
    private const int ScansApart = 3;

    /// <summary>Frames that the network reads.</summary>
    internal int Past => Windows[0].Past;

    internal static IReadOnlyList<WindowGroup> Of(IReadOnlyList<ScanSeries> series, WindowOptions options, AlignedCrops crops) =>
    [
        .. series.SelectMany(s => Cut(s, options))
            .GroupBy(w => (w.Series.Step, w.Past, w.Future, Pixel: PixelKilometresOf(w.Series), Side: crops.SideOn(w.Series.Grid)))
            .Select(g => new WindowGroup([.. g], g.Key.Step.TotalMinutes, g.Key.Pixel)),
    ];

    /// <summary>The side of a square pixel of the same area, to 10 m.</summary>
    private static double PixelKilometresOf(ScanSeries series) => Math.Round(PixelSize.SideKilometres(series.Grid), 2);

    private static IEnumerable<TrainingWindow> Cut(ScanSeries series, WindowOptions options)
    {
        if (!options.SeveralSteps)
            return TrainingWindows.Cut([series], options.Past, options.Future);
        var strides = Enumerable.Range(1, Math.Max(1, (int)(LongestStep / series.Step)));
        return strides.SelectMany(stride => Enumerable.Range(0, Math.Min(stride, series.Scans.Count))
            .SelectMany(first => CutOne(series.Every(stride, first), options)));
    }

    private static IEnumerable<TrainingWindow> CutOne(ScanSeries series, WindowOptions options)
    {
        var past = Math.Clamp(series.Scans.Count / 4, LeastPast, options.Past);
        var future = Math.Min(Math.Min(MostFuture, (int)(options.Lead / series.Step)), series.Scans.Count - past);
        return future < 1 ? [] : TrainingWindows.Cut([series], past, future, ScansApart);
    }
}
