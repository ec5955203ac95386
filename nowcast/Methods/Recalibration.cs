using ConvLstm.Nowcast.Model.Networks;
using MathNet.Numerics.LinearAlgebra;

namespace ConvLstm.Nowcast.Methods;

/// <summary>
/// Log-odds z made as sure as this rain allows: slope · (z − c) + c + offset, the slope the same for all thresholds and the offset of
/// each near that of all, fitted to forecasts whose time has just come (Cox 1958, "Two further applications of a model for binary
/// regression"). About c, the mean of z where rain is neither sure nor out of the question, a slope changes how sure a forecast is and
/// not how much rain there is. Ridge terms hold all near the identity where there is little to learn from. Newton's method; the
/// likelihood is concave.
/// </summary>
internal sealed class Recalibration
{
    /// <summary>The rows that all of the evidence counts as: neighbouring pixels tell the same story.</summary>
    private const double Evidence = 40_000;

    // The strengths of the ridge terms, in rows: for the slope, for the offset of all, for what single thresholds add to it.
    private const double SlopeRidge = 100;
    private const double OffsetRidge = 30;
    private const double ThresholdRidge = 200;
    private const int FewestRows = 500;
    private const int MostIterations = 25;
    private const double Converged = 1e-4;
    private const double SmallestSlope = 0.3;
    private const double LargestSlope = 1.5;
    private const double LargestOffset = 1.5;

    /// <summary>The longest lead of the forecasts that it is fitted to.</summary>
    internal static readonly TimeSpan LearnedAt = TimeSpan.FromMinutes(20);

    /// <summary>A walk's error grows as the root of time; no further than trials bore out.</summary>
    private const double MostGrowth = 1.6;

    /// <summary>
    /// What a forecast of a few scans ago cannot teach of an hour: by so much an hour log-odds are drawn to their middle besides.
    /// </summary>
    private const double DoubtPerHour = 0.2;

    /// <summary>The part of an offset that is believed: what was forecast too much or too little then may have been so by chance.</summary>
    private const double Belief = 0.8;

    private Recalibration(double slope, double[] offsets) => (Slope, Offsets) = (slope, offsets);

    internal double Slope { get; }

    /// <summary>Of each threshold.</summary>
    internal IReadOnlyList<double> Offsets { get; }

    /// <param name="logOdds">(rows · thresholds), a row after the other.</param>
    /// <param name="rain">What came true in each row, mm/h.</param>
    /// <param name="thresholds">mm/h; a rate that equals one reaches it.</param>
    /// <returns>Null where there is too little to learn from.</returns>
    internal static Recalibration? Fit(ReadOnlySpan<float> logOdds, ReadOnlySpan<float> rain, IReadOnlyList<float> thresholds)
    {
        var rows = rain.Length;
        if (rows < FewestRows)
            return null;
        // Unknowns: the slope, the offset of all, the offsets of the thresholds.
        var unknowns = thresholds.Count + 2;
        var current = Vector<double>.Build.Dense(unknowns);
        current[0] = 1;
        var weight = Evidence / rows;
        var centres = Centres(logOdds, thresholds.Count);
        var (loss, gradient, curvature) = Derivatives(logOdds, rain, thresholds, centres, current, weight);
        for (var i = 0; i < MostIterations; i++)
        {
            var change = curvature.Cholesky().Solve(gradient);
            var next = Derivatives(logOdds, rain, thresholds, centres, current - change, weight);
            // A full step can go too far where all is nearly sure.
            while (!(next.Loss <= loss) && change.AbsoluteMaximum() > Converged)
            {
                change /= 2;
                next = Derivatives(logOdds, rain, thresholds, centres, current - change, weight);
            }
            if (!(next.Loss <= loss))
                break;
            current -= change;
            (loss, gradient, curvature) = next;
            if (change.AbsoluteMaximum() < Converged)
                break;
        }
        return new(
            Math.Clamp(current[0], SmallestSlope, LargestSlope),
                [.. thresholds.Select((_, t) => Math.Clamp(current[1] + current[2 + t], -LargestOffset, LargestOffset))]);
    }

    /// <param name="logOdds">Of one lead: (H, W, thresholds).</param>
    /// <param name="minutes">The lead. How little can be known holds the more for later ones, up to <see cref="MostGrowth"/>; whether too
    /// much or too little was forecast just now holds the less.</param>
    /// <returns>The same shape, not rising with the threshold.</returns>
    internal Tensor Apply(Tensor logOdds, double minutes)
    {
        using var scope = NewDisposeScope();
        var growth = Math.Clamp(Math.Sqrt(minutes / LearnedAt.TotalMinutes), 1, MostGrowth);
        var slope = Math.Pow(Slope, Slope < 1 ? growth : 1) * Math.Exp(-DoubtPerHour * minutes / 60);
        var offsets = tensor([.. Offsets.Select(o => (float)(o * Belief / growth))], [Offsets.Count], device: logOdds.device);
        var centres = Centres(logOdds);
        return ExceedanceThresholds.Falling((logOdds - centres).mul_(slope).add_(centres).add_(offsets)).MoveToOuterDisposeScope();
    }

    /// <summary>For each threshold the mean log-odds of the pixels, each weighing p (1 − p).</summary>
    private static Tensor Centres(Tensor logOdds)
    {
        using var scope = NewDisposeScope();
        var p = logOdds.sigmoid();
        var weight = p * (1 - p);
        return ((weight * logOdds).sum([0, 1]) / weight.sum([0, 1]).clamp(min: 1e-6)).MoveToOuterDisposeScope();
    }

    private static double[] Centres(ReadOnlySpan<float> logOdds, int thresholds)
    {
        var (sums, weights) = (new double[thresholds], new double[thresholds]);
        for (var i = 0; i < logOdds.Length; i++)
        {
            var p = 1 / (1 + Math.Exp(-logOdds[i]));
            sums[i % thresholds] += p * (1 - p) * logOdds[i];
            weights[i % thresholds] += p * (1 - p);
        }
        return [.. sums.Zip(weights, (sum, weight) => sum / Math.Max(weight, 1e-6))];
    }

    private static (double Loss, Vector<double> Gradient, Matrix<double> Curvature) Derivatives(
        ReadOnlySpan<float> logOdds, ReadOnlySpan<float> rain, IReadOnlyList<float> thresholds, double[] centres, Vector<double> at,
            double weight)
    {
        var gradient = Vector<double>.Build.Dense(at.Count);
        var curvature = Matrix<double>.Build.Dense(at.Count, at.Count);
        var loss = Ridge(0, SlopeRidge, 1, gradient, curvature, at) + Ridge(1, OffsetRidge, 0, gradient, curvature, at);
        for (var t = 0; t < thresholds.Count; t++)
        {
            loss += Ridge(2 + t, ThresholdRidge, 0, gradient, curvature, at);
            var (slope, offset, reached) = (at[0], at[1] + at[2 + t], thresholds[t] * (1 - ExceedanceThresholds.Slack));
            var centre = centres[t];
            double l = 0, g = 0, gz = 0, h = 0, hz = 0, hzz = 0;
            for (var row = 0; row < rain.Length; row++)
            {
                double z = logOdds[(row * thresholds.Count) + t] - centre;
                var changed = (slope * z) + centre + offset;
                var p = 1 / (1 + Math.Exp(-changed));
                var (came, steep) = (rain[row] >= reached ? 1 : 0, p * (1 - p));
                var error = p - came;
                l += Math.Max(changed, 0) - (changed * came) + Math.Log(1 + Math.Exp(-Math.Abs(changed)));
                g += error;
                gz += error * z;
                h += steep;
                hz += steep * z;
                hzz += steep * z * z;
            }
            loss += l * weight;
            gradient[0] += gz * weight;
            curvature[0, 0] += hzz * weight;
            foreach (var offsetOf in (ReadOnlySpan<int>)[1, 2 + t])
            {
                gradient[offsetOf] += g * weight;
                curvature[offsetOf, 0] += hz * weight;
                curvature[0, offsetOf] += hz * weight;
                curvature[offsetOf, offsetOf] += h * weight;
            }
            curvature[1, 2 + t] += h * weight;
            curvature[2 + t, 1] += h * weight;
        }
        return (loss, gradient, curvature);
    }

    private static double Ridge(int unknown, double strength, double centre, Vector<double> gradient, Matrix<double> curvature,
        Vector<double> at)
    {
        var off = at[unknown] - centre;
        gradient[unknown] += strength * off;
        curvature[unknown, unknown] += strength;
        return strength * off * off / 2;
    }
}
