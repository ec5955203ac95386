using ConvLstm.Nowcast.Evaluation;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Storage.Verification;
using ConvLstm.Nowcast.Verification;

namespace ConvLstm.Nowcast.Jobs.Verification;

/// <summary>Compares one map of a run with the scan of its valid time and gives the sums that the database keeps.</summary>
internal static class MapScores
{
    /// <summary>Sides of the neighbourhoods of the fractions skill score, in pixels.</summary>
    internal static readonly int[] Scales = [1, 5, 11, 21];

    /// <param name="forecast">The run.</param>
    /// <param name="lead">The map, counted from 0.</param>
    /// <param name="scan">What was observed at its valid time.</param>
    /// <param name="mask">The pixels that count.</param>
    internal static LeadScores Of(RainForecast forecast, int lead, RadarFrame scan, bool[] mask)
    {
        var (rain, observed) = (CommonPixels.DryWhereSilent(forecast.RainRate[lead]), scan.RainRate);
        var probabilities = forecast.ExceedanceProbability.Select(p => CommonPixels.DryWhereSilent(p[lead])).ToArray();
        var errors = ErrorStatistics.Init();
        errors.Accumulate(rain, observed, mask);
        var (crpsPixels, crps) = Crps(forecast.Thresholds, probabilities, observed, mask);
        var sums = errors.Sums;
        return new(
            forecast.LeadTimes[lead], errors.Count, sums.Forecast, sums.Observed, sums.Absolute, sums.Squared, sums.ForecastSquared,
            sums.ObservedSquared, sums.Product, crpsPixels, crps,
            [.. forecast.Thresholds.Select((threshold, i) =>
                AtThreshold(forecast.Grid, threshold, rain, probabilities[i], observed, mask))]);
    }

    private static (long Pixels, double Sum) Crps(IReadOnlyList<float> thresholds, float[][] probabilities, float[] observed, bool[] mask)
    {
        // A forecast without probabilities has no thresholds.
        if (thresholds.Count == 0)
            return (0, 0);
        var crps = ThresholdCrps.Init([.. thresholds]);
        crps.Accumulate(probabilities, observed, mask);
        return (crps.Count, crps.Sum);
    }

    private static ThresholdScores AtThreshold(RadarGrid grid, float threshold, float[] rain, float[] probability, float[] observed,
        bool[] mask)
    {
        var table = Contingency.Init(threshold);
        table.Accumulate(rain, observed, mask);
        var brier = ProbabilityScore.Init(threshold);
        brier.Accumulate(probability, observed, mask);
        var fractions = FractionsSkill.Init(threshold, Scales);
        fractions.Accumulate(grid.Width, rain, observed, mask);
        var kilometres = PixelSize.Kilometres(grid).Row;
        return new(
            threshold, table.Hits, table.Misses, table.FalseAlarms, table.CorrectNegatives, brier.Bins.Sum(b => b.Count), brier.SumSquares,
            [.. brier.Bins.Select(b => new ReliabilityBin(b.Count, b.SumProbability, b.Events))],
            [.. fractions.Sums.Select((s, i) => new FssParts(Scales[i] * kilometres, s.Difference, s.Reference))]);
    }
}
