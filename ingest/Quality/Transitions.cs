using MathNet.Numerics.Distributions;
using MathNet.Numerics.LinearAlgebra;

namespace ConvLstm.Nowcast.Ingest.Quality;

/// <summary>
/// The transitions of a sequence as a multivariate Gaussian: scan-to-scan differences of coarse log-rain on their leading principal
/// components, and the logarithm of what the components leave (the Q statistic of Jackson and Mudholkar 1979). How far a new
/// difference lies outside is Hotelling's T² (Hotelling 1931), which follows an F distribution.
/// </summary>
internal sealed class Transitions
{
    private const int Most = 48;
    private const int Least = 10;

    // Enough components for this share of the variance, and few beside the number of differences.
    private const double Explained = 0.8;
    private const int DifferencesPerComponent = 5;

    private readonly List<double[]> _differences = [];

    internal bool IsReady => _differences.Count >= Least;

    internal void Add(double[] difference)
    {
        _differences.Add(difference);
        if (_differences.Count > Most)
            _differences.RemoveAt(0);
    }

    internal void Clear() => _differences.Clear();

    /// <summary>The root mean square of the largest difference.</summary>
    internal double Largest() => _differences.Max(Rms);

    internal static double Rms(double[] difference) => Math.Sqrt(difference.Sum(d => d * d) / difference.Length);

    /// <summary>The probability of a difference at least as unusual.</summary>
    internal double Probability(double[] difference)
    {
        var rows = Matrix<double>.Build.DenseOfRowArrays(_differences);
        var n = rows.RowCount;
        var mean = rows.ColumnSums() / n;
        for (var i = 0; i < n; i++)
            rows.SetRow(i, rows.Row(i) - mean);
        // n is far below the number of cells, so the small matrix of inner products is decomposed instead of the covariance.
        var inner = (rows * rows.Transpose()).Evd(Symmetricity.Symmetric);
        var values = inner.EigenValues.Select(v => Math.Max(v.Real, 0)).ToArray();
        var total = values.Sum();
        var count = Components(values, total, n / DifferencesPerComponent);
        var axes = Enumerable.Range(0, count)
            .Select(k => rows.TransposeThisAndMultiply(inner.EigenVectors.Column(n - 1 - k)) / Math.Sqrt(Math.Max(values[n - 1 - k], 1e-300))).ToArray();
        var known = Enumerable.Range(0, n).Select(i => Features(rows.Row(i), axes)).ToArray();
        return Tail(known, Features(Vector<double>.Build.DenseOfArray(difference) - mean, axes));
    }

    private static int Components(double[] ascending, double total, int most)
    {
        var (count, sum) = (0, 0.0);
        while (count < most && sum < Explained * total)
            sum += ascending[ascending.Length - 1 - count++];
        return Math.Max(count, 1);
    }

    private static double[] Features(Vector<double> centred, Vector<double>[] axes)
    {
        var scores = axes.Select(centred.DotProduct).ToArray();
        var rest = centred.DotProduct(centred) - scores.Sum(s => s * s);
        return [.. scores, Math.Log(Math.Max(rest, 0) + 1e-6)];
    }

    private static double Tail(double[][] known, double[] features)
    {
        var (n, k) = (known.Length, features.Length);
        var mean = Vector<double>.Build.Dense(k, j => known.Average(f => f[j]));
        var centred = Matrix<double>.Build.Dense(n, k, (i, j) => known[i][j] - mean[j]);
        var covariance = centred.TransposeThisAndMultiply(centred) / (n - 1);
        // A hair on the diagonal: a dry sequence has no variance at all.
        for (var j = 0; j < k; j++)
            covariance[j, j] += 1e-9 + (1e-6 * covariance[j, j]);
        var away = Vector<double>.Build.DenseOfArray(features) - mean;
        var t2 = away.DotProduct(covariance.Cholesky().Solve(away));
        var f = t2 * n * (n - k) / (k * (n - 1.0) * (n + 1.0));
        return 1 - FisherSnedecor.CDF(k, n - k, f);
    }
}
