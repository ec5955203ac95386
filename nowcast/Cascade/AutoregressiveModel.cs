namespace ConvLstm.Nowcast.Cascade;

/// <summary>
/// An autoregressive process of second order of mean 0 and variance 1, kept stationary and without oscillation: how one scale of rain
/// forgets itself in the frame of the rain (Seed 2003; Bowler, Pierce and Seed 2006; Yule–Walker equations, Box and Jenkins 2015, section
/// 3.2).
/// </summary>
internal sealed record AutoregressiveModel
{
    /// <summary>Correlations are kept this far from 1, where the equations end.</summary>
    private const double Certain = 1e-5;

    private AutoregressiveModel(double first, double second)
    {
        (Correlation1, Correlation2) = (first, second);
        (Phi1, Phi2) = (first * (1 - second) / (1 - (first * first)), (second - (first * first)) / (1 - (first * first)));
    }

    internal double Correlation1 { get; }

    internal double Correlation2 { get; }

    internal double Phi1 { get; }

    internal double Phi2 { get; }

    /// <summary>The standard deviation of what is new in each step.</summary>
    internal double Innovation => Math.Sqrt(Math.Max(0, (1 + Phi2) * (((1 - Phi2) * (1 - Phi2)) - (Phi1 * Phi1)) / (1 - Phi2)));

    /// <param name="correlation1">With the field one step before.</param>
    /// <param name="correlation2">With the field two steps before; brought to where the process is stationary and its roots are
    /// real.</param>
    internal static AutoregressiveModel Fit(double correlation1, double correlation2)
    {
        var first = double.IsFinite(correlation1) ? Math.Clamp(correlation1, 0, 1 - Certain) : 0;
        var squared = first * first;
        // Below this the roots of the process are complex, so that a forecast would swing.
        var least = first < 1e-3 ? 0 : ((3 * squared) - 2 + (2 * Math.Pow(1 - squared, 1.5))) / squared;
        // Above this rain would be remembered longer than the first step allows: φ1 + φ2 < 1 holds for any second correlation below 1.
        var second = double.IsFinite(correlation2) ? Math.Clamp(correlation2, least, first) : squared;
        return new(first, second);
    }

    /// <summary>What a forecast is made of: the weight of the newest field and of the one before, for 1, 2 … steps.</summary>
    internal IReadOnlyList<(double Newest, double Before)> Forecast(int steps)
    {
        var weights = new (double Newest, double Before)[steps];
        (double Newest, double Before) last = (1, 0), previous = (0, 1);
        for (var step = 0; step < steps; step++)
        {
            weights[step] = ((Phi1 * last.Newest) + (Phi2 * previous.Newest), (Phi1 * last.Before) + (Phi2 * previous.Before));
            (previous, last) = (last, weights[step]);
        }
        return weights;
    }

    /// <summary>The share of the variance that a forecast with these weights explains; the rest is lost.</summary>
    internal double Explained((double Newest, double Before) weights) => Math.Clamp(
        (weights.Newest * weights.Newest) + (weights.Before * weights.Before) + (2 * weights.Newest * weights.Before * Correlation1), 0, 1);
}
