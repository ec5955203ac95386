using ConvLstm.Nowcast.Verification;

namespace ConvLstm.Nowcast.Evaluation;

/// <summary>All scores of one method at one lead on one mask, as sums.</summary>
internal sealed class LeadScores
{
    internal LeadScores(HindcastOptions options)
    {
        Tables = options.Thresholds.Select(Contingency.Init).ToArray();
        Probabilities = options.Thresholds.Select(t => ProbabilityScore.Init(t)).ToArray();
        Fractions = options.Thresholds
            .Where(options.FractionsThresholds.Contains)
            .Select(t => FractionsSkill.Init(t, options.FractionsScales.ToArray())).ToArray();
        Crps = ThresholdCrps.Init(options.Thresholds.ToArray());
    }

    internal Contingency[] Tables { get; }

    internal ProbabilityScore[] Probabilities { get; }

    internal FractionsSkill[] Fractions { get; }

    internal ErrorStatistics Errors { get; } = ErrorStatistics.Init();

    internal ThresholdCrps Crps { get; }

    internal EnsembleCrps Members { get; } = EnsembleCrps.Init();

    internal void Accumulate(RainForecast forecast, int lead, float[] observed, bool[] mask)
    {
        var rain = CommonPixels.DryWhereSilent(forecast.RainRate[lead]);
        var ladder = forecast.ExceedanceProbability.Select(p => CommonPixels.DryWhereSilent(p[lead])).ToArray();
        foreach (var table in Tables)
            table.Accumulate(rain, observed, mask);
        for (var t = 0; t < Probabilities.Length; t++)
            Probabilities[t].Accumulate(ladder[t], observed, mask);
        foreach (var fractions in Fractions)
            fractions.Accumulate(forecast.Grid.Width, rain, observed, mask);
        // Errors are of amounts, for which the mean of the distribution is meant.
        Errors.Accumulate(CommonPixels.DryWhereSilent(forecast.MeanRate[lead]), observed, mask);
        Crps.Accumulate(ladder, observed, mask);
        if (forecast.Members.Count > 0)
            Members.Accumulate(forecast.Members.Select(m => CommonPixels.DryWhereSilent(m[lead])).ToArray(), observed, mask);
    }

    internal void Merge(LeadScores other)
    {
        for (var t = 0; t < Tables.Length; t++)
        {
            Tables[t].Merge(other.Tables[t]);
            Probabilities[t].Merge(other.Probabilities[t]);
        }
        for (var t = 0; t < Fractions.Length; t++)
            Fractions[t].Merge(other.Fractions[t]);
        Errors.Merge(other.Errors);
        Crps.Merge(other.Crps);
        Members.Merge(other.Members);
    }

    internal static LeadScores Pooled(HindcastOptions options, IEnumerable<LeadScores> parts)
    {
        var pooled = new LeadScores(options);
        foreach (var part in parts)
            pooled.Merge(part);
        return pooled;
    }
}
