using MathNet.Numerics.Distributions;
using MathNet.Numerics.LinearAlgebra;

namespace ConvLstm.Nowcast.Ingest.Quality;

/// <summary>
/// Transitions as a multivariate Gaussian: image-to-image differences on their leading principal
/// components, and the logarithm of what the components leave (the Q statistic of Jackson and Mudholkar 1979). How far a
/// difference lies outside is Hotelling's T² (Hotelling 1931), which follows an F distribution.
/// </summary>
public sealed class TransitionGaussian
{
    // Enough components for this share of the variance, and few beside the number of differences.
    private const double Explained = 0.8;
    private const int DifferencesPerComponent = 5;

    private readonly Vector<double> _mean;
    private readonly Vector<double>[] _axes;
    private readonly Vector<double> _centre;
    private readonly MathNet.Numerics.LinearAlgebra.Factorization.Cholesky<double> _covariance;
    private readonly int _count;

    private TransitionGaussian(IReadOnlyList<double[]> differences)
    {
        var rows = Matrix<double>.Build.DenseOfRowArrays(differences);
        var n = _count = rows.RowCount;
        _mean = rows.ColumnSums() / n;
        for (var i = 0; i < n; i++)
            rows.SetRow(i, rows.Row(i) - _mean);
        // n is far below the number of pixels, so the small matrix of inner products is decomposed instead of the covariance.
        var inner = (rows * rows.Transpose()).Evd(Symmetricity.Symmetric);
        var values = inner.EigenValues.Select(v => Math.Max(v.Real, 0)).ToArray();
        _axes = Enumerable.Range(0, Components(values, values.Sum(), n / DifferencesPerComponent))
            .Select(k => rows.TransposeThisAndMultiply(inner.EigenVectors.Column(n - 1 - k)) / Math.Sqrt(
                Math.Max(values[n - 1 - k], 1e-300))).ToArray();
        var known = Enumerable.Range(0, n).Select(i => Features(rows.Row(i))).ToArray();
        var k = known[0].Length;
        _centre = Vector<double>.Build.Dense(k, j => known.Average(f => f[j]));
        var centred = Matrix<double>.Build.Dense(n, k, (i, j) => known[i][j] - _centre[j]);
        var spread = centred.TransposeThisAndMultiply(centred) / (n - 1);
        // A hair on the diagonal: a dry sequence has no variance at all.
        for (var j = 0; j < k; j++)
            spread[j, j] += 1e-9 + (1e-6 * spread[j, j]);
        _covariance = spread.Cholesky();
    }

    /// <summary>
    /// Of differences that are taken for usual; a sample of some hundred is enough, as the cost grows with the cube of their number.
    /// </summary>
    public static TransitionGaussian Fit(IReadOnlyList<double[]> differences) => new(differences);

    /// <summary>The probability of a difference at least as unusual.</summary>
    public double Probability(double[] difference)
    {
        var k = _centre.Count;
        var f = Math.Pow(Distance(difference), 2) * _count * (_count - k) / (k * (_count - 1.0) * (_count + 1.0));
        return 1 - FisherSnedecor.CDF(k, _count - k, f);
    }

    /// <summary>How far a difference lies from the mean, in standard deviations of its direction (Mahalanobis 1936).</summary>
    public double Distance(double[] difference)
    {
        var away = Vector<double>.Build.DenseOfArray(Features(Vector<double>.Build.DenseOfArray(difference) - _mean)) - _centre;
        return Math.Sqrt(away.DotProduct(_covariance.Solve(away)));
    }

    private static int Components(double[] ascending, double total, int most)
    {
        var (found, sum) = (0, 0.0);
        while (found < most && sum < Explained * total)
            sum += ascending[ascending.Length - 1 - found++];
        return Math.Max(found, 1);
    }

    private double[] Features(Vector<double> centred)
    {
        var scores = _axes.Select(centred.DotProduct).ToArray();
        var rest = centred.DotProduct(centred) - scores.Sum(s => s * s);
        return [.. scores, Math.Log(Math.Max(rest, 0) + 1e-6)];
    }
}
