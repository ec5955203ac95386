using ConvLstm.Nowcast.Ingest;

namespace ConvLstm.Nowcast.Cascade;

/// <summary>
/// The newest scans in the frame of the rain, taken apart by scale, and how each scale forgets itself: the common ground of S-PROG and
/// STEPS.
/// Spectra are those of decibels; means and standard deviations of levels are of the pixels that all scans observed.
/// </summary>
internal sealed class RainCascade : IDisposable
{
    /// <summary>Scans that the parameters are estimated from.</summary>
    internal const int Scans = 3;

    private readonly Tensor _newest;
    private readonly Tensor _before;

    /// <param name="aligned">(T, H, W) in mm/h, the newest last, in the frame of the rain; NaN where not observed. At least
    /// <see cref="Scans"/>.</param>
    /// <param name="grid">The grid.</param>
    internal RainCascade(Tensor aligned, RadarGrid grid)
    {
        Filters = BandPassFilters.Of(grid);
        var count = aligned.shape[0];
        if (count < Scans)
            throw new ArgumentException($"A cascade is estimated from {Scans} scans, not {count}.", nameof(aligned));
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var (fields, observed) = PaddedRain.Filled(PaddedRain.Decibels(aligned.narrow(0, count - Scans, Scans)), Filters.Height,
            Filters.Width, PaddedRain.DryDecibels);
        var seen = observed[0] * observed[1] * observed[2];
        var spectra = BandPassFilters.Spectrum(fields);
        Levels = [.. Enumerable.Range(0, Filters.Levels).Select(level => LevelOf(spectra, seen, level))];
        _newest = spectra[Scans - 1].clone().DetachFromDisposeScope();
        _before = spectra[Scans - 2].clone().DetachFromDisposeScope();
    }

    internal BandPassFilters Filters { get; }

    /// <summary>Of each scale, the largest first.</summary>
    internal IReadOnlyList<CascadeLevel> Levels { get; }

    /// <summary>
    /// The expected decibels so many steps ahead, (height, width) of the padded domain: what S-PROG smooths the field to.
    /// </summary>
    internal Tensor Expected(int steps)
    {
        using var scope = NewDisposeScope();
        var forecasts = Levels.Select(level => level.Process.Forecast(steps)[steps - 1]).ToArray();
        // What the field before says of the mean is not asked: the mean stays.
        var newest = Filter([.. forecasts.Select(f => f.Newest)], 1);
        var before = Filter([.. forecasts.Select((f, k) => f.Before * Levels[k].Ratio)], 0);
        return Filters.Field((_newest * newest) + (_before * before)).MoveToOuterDisposeScope();
    }

    /// <summary>The mean of the newest field over the padded domain, decibels.</summary>
    internal double Mean => BandPassFilters.Mean(_newest, Filters.Height, Filters.Width);

    /// <summary>
    /// The spectra of the levels of the newest field and of the one before, brought to the variance of the newest, without the mean:
    /// (levels, height, width / 2 + 1). The caller frees them.
    /// </summary>
    internal (Tensor Newest, Tensor Before) States()
    {
        using var scope = NewDisposeScope();
        var ratios = tensor([.. Levels.Select(l => (float)l.Ratio)], [Levels.Count, 1, 1]);
        return ((_newest * Filters.WithoutMean).DetachFromDisposeScope(),
            (_before * Filters.WithoutMean * ratios).DetachFromDisposeScope());
    }

    /// <summary>
    /// (levels, height, width / 2 + 1): what the spectrum of white noise of variance 1 is multiplied with to be noise of variance 1 at
    /// each level, with the amplitudes of the newest field.
    /// </summary>
    internal Tensor NoiseAmplitudes()
    {
        using var scope = NewDisposeScope();
        var amplitudes = Filters.WithoutMean * _newest.abs();
        return (amplitudes / Filters.Variance(amplitudes).sqrt().clamp(min: 1e-12)).MoveToOuterDisposeScope();
    }

    /// <summary>The standard deviation of what is not known of the decibels at each of the steps.</summary>
    internal double[] Spread(int steps)
    {
        var variance = new double[steps];
        foreach (var level in Levels)
        {
            var forecast = level.Process.Forecast(steps);
            for (var step = 0; step < steps; step++)
                variance[step] += level.Deviation * level.Deviation * (1 - level.Process.Explained(forecast[step]));
        }
        return Array.ConvertAll(variance, Math.Sqrt);
    }

    /// <summary>Weights of the levels as one filter of the spectrum, with its own weight for the mean of the field.</summary>
    internal Tensor Filter(double[] weights, double mean)
    {
        var filter = (tensor(Array.ConvertAll(weights, w => (float)w), [weights.Length, 1, 1],
            device: Filters.Weights.device) * Filters.Weights).sum([0]);
        filter[0, 0].fill_(mean);
        return filter;
    }

    public void Dispose()
    {
        Filters.Dispose();
        _newest.Dispose();
        _before.Dispose();
    }

    private CascadeLevel LevelOf(Tensor spectra, Tensor seen, int level)
    {
        using var scope = NewDisposeScope();
        var count = seen.sum().clamp(min: 1);
        var fields = Enumerable.Range(0, Scans).Select(t => Filters.Level(spectra[t], level))
            .Select(f => (f - ((f * seen).sum() / count)) * seen).ToArray();
        var deviations = Array.ConvertAll(fields, f => Math.Sqrt((f.square().sum() / count).item<float>()));
        double Correlation(int t) =>
            (fields[Scans - 1] * fields[t]).sum().item<float>() / (count.item<float>() * deviations[Scans - 1] * deviations[t]);
        var (now, then) = (deviations[Scans - 1], deviations[Scans - 2]);
        return new(now, then > 0 ? Math.Min(now / then, LargestRatio) : 0,
            AutoregressiveModel.Fit(Correlation(Scans - 2), Correlation(Scans - 3)));
    }

    /// <summary>A level that was all but empty one step ago is not blown up to today's size.</summary>
    private const double LargestRatio = 2;
}

/// <param name="Deviation">The standard deviation of the newest field's level, decibels.</param>
/// <param name="Ratio">That over the one of the scan before.</param>
/// <param name="Process">How it forgets itself.</param>
internal sealed record CascadeLevel(double Deviation, double Ratio, AutoregressiveModel Process);
