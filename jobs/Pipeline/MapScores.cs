using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Storage.Verification;
using ConvLstm.Nowcast.Verification;

namespace ConvLstm.Nowcast.Jobs.Pipeline;

/// <summary>Compares one map of a run with the scan of its valid time and gives the sums that the database keeps.</summary>
internal static class MapScores
{
    /// <summary>Sides of the neighbourhoods of the fractions skill score, in pixels.</summary>
    private static readonly int[] Scales = [1, 5, 11, 21];

    internal static LeadScores Of(RainForecast forecast, int lead, RadarFrame scan)
    {
        var (rain, observed) = (forecast.RainRate[lead], scan.RainRate);
        var errors = ErrorStatistics.Init();
        errors.Accumulate(rain, observed);
        var crps = LadderCrps.Init([.. forecast.Thresholds]);
        crps.Accumulate([.. forecast.ExceedanceProbability.Select(p => p[lead])], observed);
        var sums = errors.Sums;
        return new(
            forecast.LeadTimes[lead], errors.Count, sums.Forecast, sums.Observed, sums.Absolute, sums.Squared, sums.ForecastSquared,
            sums.ObservedSquared, sums.Product, crps.Count, crps.Sum,
            [.. forecast.Thresholds.Select((threshold, i) => AtThreshold(forecast.Grid, threshold, rain, forecast.ExceedanceProbability[i][lead], observed))]);
    }

    private static ThresholdScores AtThreshold(RadarGrid grid, float threshold, float[] rain, float[] probability, float[] observed)
    {
        var table = Contingency.Init(threshold);
        table.Accumulate(rain, observed);
        var brier = ProbabilityScore.Init(threshold);
        brier.Accumulate(probability, observed);
        var fractions = FractionsSkill.Init(threshold, Scales);
        fractions.Accumulate(grid.Width, rain, observed);
        var kilometres = PixelKilometres(grid);
        return new(
            threshold, table.Hits, table.Misses, table.FalseAlarms, table.CorrectNegatives, brier.Bins.Sum(b => b.Count), brier.SumSquares,
            [.. brier.Bins.Select(b => new ReliabilityBin(b.Count, b.SumProbability, b.Events))],
            [.. fractions.Sums.Select((s, i) => new FssParts(Scales[i] * kilometres, s.Difference, s.Reference))]);
    }

    private static double PixelKilometres(RadarGrid grid)
    {
        const double KilometresPerDegree = 111.195;
        return grid.IsGeographic ? grid.PixelY * KilometresPerDegree : grid.PixelY / 1000;
    }
}
