namespace ConvLstm.Nowcast.Ingest.Quality;

/// <summary>The newest transitions of a sequence, as a <see cref="TransitionGaussian"/>.</summary>
internal sealed class Transitions
{
    private const int Most = 48;
    private const int Least = 10;

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
    internal double Probability(double[] difference) => TransitionGaussian.Fit(_differences).Probability(difference);
}
