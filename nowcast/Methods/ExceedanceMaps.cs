using ConvLstm.Nowcast.Ingest;

namespace ConvLstm.Nowcast.Methods;

/// <summary>A forecast from maps of exceedance probabilities, advected to each lead.</summary>
/// <param name="grid">The grid.</param>
/// <param name="newest">The newest scan, whose shares of rain stand in for air that no radar has seen.</param>
/// <param name="rates">The thresholds of the probabilities, mm/h, rising.</param>
internal sealed class ExceedanceMaps(RadarGrid grid, RadarFrame newest, IReadOnlyList<float> rates)
{
    private readonly RateDistribution _ladder = new(rates);

    /// <summary>The shares of the newest scan above the requested thresholds, the same at every lead.</summary>
    private float[]? _climatology;

    /// <summary>The map of one lead.</summary>
    /// <param name="Rate">mm/h; NaN where the air is not known.</param>
    /// <param name="Mean">mm/h: the mean of the distribution, with the newest rain's amount; NaN where the air is not known.</param>
    /// <param name="Exceedance">For each requested threshold, 0 to 1; NaN where nothing can be said.</param>
    internal sealed record Map(float[] Rate, float[] Mean, float[][] Exceedance);

    /// <param name="probabilities">(thresholds, H·W): 0 to 1, at the lead; changed in place.</param>
    /// <param name="known">H·W: whether the air of the pixel was observed.</param>
    /// <param name="thresholds">The requested ones, mm/h, the same at every lead.</param>
    /// <param name="shown">
    /// Says how much area of each threshold the map shows and what the probabilities lean to; null for the area with the best expected
    /// score (<see cref="ExpectedCsi"/>) and probabilities as they are.
    /// </param>
    internal Map At(float[] probabilities, bool[] known, IReadOnlyList<float> thresholds, ShownArea? shown = null)
    {
        var (rungs, pixels) = (rates.Count, grid.PixelCount);
        var levels = new double[rungs];
        var local = new LocalAreaLevels?[rungs];
        Parallel.For(0, rungs, rung =>
        {
            var of = probabilities.AsSpan(rung * pixels, pixels);
            (levels[rung], local[rung]) = shown is null ? (ExpectedCsi.Level(of, known), null) : Shown(of, known, shown, rates[rung]);
        });
        var (rate, mean) = (new float[pixels], new float[pixels]);
        var exceedance = thresholds.Select(_ => new float[pixels]).ToArray();
        var climatology = _climatology ??= [.. thresholds.Select(ShareAbove)];
        var places = thresholds.Select(_ladder.PlaceOf).ToArray();
        Parallel.For(0, grid.Height, row =>
        {
            Span<float> ladder = stackalloc float[rungs];
            Span<double> here = stackalloc double[rungs];
            for (var pixel = row * grid.Width; pixel < (row + 1) * grid.Width; pixel++)
            {
                for (var rung = 0; rung < rungs; rung++)
                    ladder[rung] = Math.Min(probabilities[(rung * pixels) + pixel], rung > 0 ? ladder[rung - 1] : 1);
                // Levels above the first that is not reached are not asked for.
                for (var (rung, reached) = (0, true); rung < rungs && reached; rung++)
                {
                    here[rung] = local[rung] is { } at
                        ? ExpectedArea.Leaned((float)levels[rung], at.Factor(row, pixel - (row * grid.Width))) : levels[rung];
                    reached = ladder[rung] >= here[rung];
                }
                rate[pixel] = known[pixel] ? _ladder.Rate(ladder, here) : float.NaN;
                mean[pixel] = known[pixel] ? _ladder.Mean(ladder) : float.NaN;
                for (var t = 0; t < exceedance.Length; t++)
                {
                    exceedance[t][pixel] = known[pixel] ? RateDistribution.Probability(ladder, places[t])
                        : float.IsNaN(newest.RainRate[pixel]) ? float.NaN : climatology[t];
                }
            }
        });
        if (shown is not null)
            ExpectedAmount.Lean(mean, known, shown.Extrapolated);
        return new(rate, mean, exceedance);
    }

    /// <summary>
    /// Leans the probabilities of a threshold to the newest rain's area; returns the level that the pixels to be shown then reach, and how
    /// it differs from place to place.
    /// </summary>
    private (double Level, LocalAreaLevels? Local) Shown(Span<float> probabilities, ReadOnlySpan<bool> known, ShownArea shown, float rate)
    {
        var counts = new ProbabilityCounts(probabilities, known);
        var reached = shown.Reached(rate);
        // Leaning keeps their order.
        var level = AreaLevel.Of(counts, probabilities, known, shown.Grown(reached));
        var local = level < 1 ? LocalAreaLevels.Of(grid, probabilities, known, shown, rate, level) : null;
        var factor = ExpectedArea.Factor(counts, reached);
        ExpectedArea.Lean(probabilities, factor);
        return (level > 1 ? level : ExpectedArea.Leaned(level, factor), local);
    }

    private float ShareAbove(float threshold)
    {
        var (above, observed) = (0, 0);
        foreach (var rate in newest.RainRate)
        {
            observed += float.IsNaN(rate) ? 0 : 1;
            above += rate >= threshold ? 1 : 0;
        }
        return observed == 0 ? 0 : (float)above / observed;
    }
}
