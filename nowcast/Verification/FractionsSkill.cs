namespace ConvLstm.Nowcast.Verification;

/// <summary>
/// The fractions skill score at several scales (Roberts and Lean 2008, equations 5 to 7): how alike the shares of
/// events around each pixel are. The share is of the pixels of the box that count, so that edges and gaps cost nothing.
/// </summary>
public sealed class FractionsSkill : IScore<FractionsSkill, IReadOnlyList<double>>
{
    private readonly int[] _scales;
    private readonly double[] _difference;
    private readonly double[] _reference;

    private FractionsSkill(float threshold, int[] scales)
    {
        Threshold = threshold;
        _scales = scales;
        _difference = new double[scales.Length];
        _reference = new double[scales.Length];
    }

    /// <summary>mm/h.</summary>
    public float Threshold { get; }

    /// <summary>The sides of the boxes in pixels, odd.</summary>
    public IReadOnlyList<int> Scales => _scales;

    /// <summary>For each scale the sum of (forecast share − observed share)², and of both shares squared.</summary>
    public IReadOnlyList<(double Difference, double Reference)> Sums => _scales.Select((_, s) => (_difference[s], _reference[s])).ToArray();

    /// <exception cref="ArgumentException">A scale is even or below 1: a box has its pixel in the middle.</exception>
    public static FractionsSkill Init(float threshold, params ReadOnlySpan<int> scales)
    {
        foreach (var scale in scales)
        {
            if (scale < 1 || scale % 2 == 0)
                throw new ArgumentException($"A scale of {scale} pixels has no pixel in its middle: take an odd one.", nameof(scales));
        }
        return new FractionsSkill(threshold, scales.ToArray());
    }

    /// <param name="width">Columns of the fields.</param>
    /// <param name="forecast">mm/h, row-major.</param>
    /// <param name="observed">mm/h, row-major.</param>
    /// <param name="mask">The pixels that count; all where empty.</param>
    public void Accumulate(int width, ReadOnlySpan<float> forecast, ReadOnlySpan<float> observed, ReadOnlySpan<bool> mask = default)
    {
        Fields.Check(forecast.Length, observed.Length, mask.Length);
        var height = forecast.Length / width;
        var (counts, forecasts, observations) =
            (new SummedArea(width, height), new SummedArea(width, height), new SummedArea(width, height));
        var valid = new bool[forecast.Length];
        for (var i = 0; i < valid.Length; i++)
        {
            valid[i] = Fields.Counts(forecast[i], observed[i], mask, i);
            counts.Add(i, valid[i]);
            forecasts.Add(i, valid[i] && Fields.IsEvent(forecast[i], Threshold));
            observations.Add(i, valid[i] && Fields.IsEvent(observed[i], Threshold));
        }
        for (var s = 0; s < _scales.Length; s++)
        {
            for (var i = 0; i < valid.Length; i++)
            {
                if (!valid[i])
                    continue;
                double n = counts.Around(i, _scales[s] / 2);
                var (f, o) = (forecasts.Around(i, _scales[s] / 2) / n, observations.Around(i, _scales[s] / 2) / n);
                _difference[s] += (f - o) * (f - o);
                _reference[s] += (f * f) + (o * o);
            }
        }
    }

    public void Merge(FractionsSkill other)
    {
        ArgumentNullException.ThrowIfNull(other);
        Fields.CheckSame(Threshold, other.Threshold, "threshold");
        Fields.CheckSameList(_scales, other._scales, "scales");
        for (var s = 0; s < _scales.Length; s++)
        {
            _difference[s] += other._difference[s];
            _reference[s] += other._reference[s];
        }
    }

    /// <summary>The score of each scale, 0 to 1.</summary>
    public IReadOnlyList<double> Compute() => _scales.Select((_, s) => 1 - (_difference[s] / _reference[s])).ToArray();
}
