namespace ConvLstm.Nowcast.Methods;

/// <summary>Reads a list of exceedance probabilities: rain rates, and probabilities of other thresholds.</summary>
/// <param name="thresholds">mm/h, rising: the thresholds of the probabilities.</param>
internal sealed class RateDistribution(IReadOnlyList<float> thresholds)
{
    // Read for every pixel: an array, not a list behind an interface.
    private readonly float[] _thresholds = [.. thresholds];
    private readonly double[] _logs = [.. thresholds.Select(t => Math.Log(t))];

    /// <summary>
    /// The rate of a pixel: between the highest threshold whose probability reaches its level and the next one, the nearer to
    /// that the closer its probability comes to its level. So a map shows rain of a threshold just where its probability reaches
    /// the level, and areas keep their size.
    /// </summary>
    /// <param name="probabilities">Of each threshold, not rising.</param>
    /// <param name="levels">Of each threshold, 0 to 1.</param>
    /// <returns>mm/h.</returns>
    internal float Rate(ReadOnlySpan<float> probabilities, ReadOnlySpan<double> levels)
    {
        var reached = 0;
        while (reached < probabilities.Length && probabilities[reached] >= levels[reached])
            reached++;
        if (reached == 0)
            return 0;
        var surplus = probabilities[reached - 1] - levels[reached - 1];
        if (reached == probabilities.Length)
            return (float)(_thresholds[^1] * (1 + (surplus / Math.Max(1e-3, 1 - levels[^1]))));
        var shortfall = levels[reached] - probabilities[reached];
        var share = surplus / (surplus + shortfall);
        return (float)Math.Max(_thresholds[reached - 1], Math.Exp(_logs[reached - 1] + ((_logs[reached] - _logs[reached - 1]) * share)));
    }

    /// <summary>
    /// The mean of the distribution, ∫ P(R > x) dx: between thresholds, and beyond the last one at the rate of the last two, probabilities
    /// fall exponentially; below the first one the first holds for half of the way, as rain lighter than that is all but dry.
    /// </summary>
    /// <param name="probabilities">Of each threshold, not rising.</param>
    /// <returns>mm/h.</returns>
    internal float Mean(ReadOnlySpan<float> probabilities)
    {
        var mean = probabilities[0] * _thresholds[0];
        for (var rung = 1; rung < probabilities.Length; rung++)
            mean += (_thresholds[rung] - _thresholds[rung - 1]) * LogarithmicMean(probabilities[rung - 1], probabilities[rung]);
        var (before, last) = (probabilities.Length > 1 ? probabilities[^2] : 1, probabilities[^1]);
        var fall = before > last && last > 0
            ? (_thresholds[^1] - (probabilities.Length > 1 ? _thresholds[^2] : 0)) / MathF.Log(before / last)
            : _thresholds[^1];
        return mean + (last * Math.Min(fall, _thresholds[^1]));
    }

    /// <summary>The mean of what falls exponentially from one value to another.</summary>
    private static float LogarithmicMean(float from, float to) =>
        to <= Least ? (from > Least ? (from - Least) / MathF.Log(from / Least) : from) : from - to < 1e-3f * from ? (from + to) / 2
            : (from - to) / MathF.Log(from / to);

    /// <summary>Probabilities below this are as good as none.</summary>
    private const float Least = 1e-6f;

    /// <summary>Where a threshold lies among the thresholds: at one, or a share of the way to it from the one below.</summary>
    internal readonly record struct Place(int Rung, double Share);

    /// <summary>Beyond the ends the last ones hold.</summary>
    internal Place PlaceOf(float threshold)
    {
        const double Same = 1e-6;
        var log = Math.Log(threshold);
        var upper = 0;
        while (upper < _logs.Length && _logs[upper] < log - Same)
            upper++;
        if (upper == _logs.Length)
            return new(_logs.Length - 1, 1);
        return upper == 0 || Math.Abs(_logs[upper] - log) < Same ? new(upper, 1)
            : new(upper, (log - _logs[upper - 1]) / (_logs[upper] - _logs[upper - 1]));
    }

    /// <summary>The probability of another threshold: log-odds are linear in the logarithm of the rate between thresholds.</summary>
    /// <param name="probabilities">Of each threshold, not rising.</param>
    /// <param name="place">Of the threshold.</param>
    internal static float Probability(ReadOnlySpan<float> probabilities, Place place)
    {
        if (place.Share >= 1)
            return probabilities[place.Rung];
        var below = LogOdds(probabilities[place.Rung - 1]);
        return (float)(1 / (1 + Math.Exp(-(below + ((LogOdds(probabilities[place.Rung]) - below) * place.Share)))));
    }

    internal static double LogOdds(double probability)
    {
        var p = Math.Clamp(probability, 1e-7, 1 - 1e-7);
        return Math.Log(p / (1 - p));
    }
}
