using ConvLstm.Nowcast.Ensemble;

namespace ConvLstm.Nowcast.Cascade;

/// <summary>
/// One member of STEPS in the frame of the rain: each scale of the cascade forgets itself, and what is lost of its variance comes back as
/// noise with the spectrum of the newest rain (Bowler, Pierce and Seed 2006, section 3; noise from the amplitudes of the field with
/// random phases, Seed et al. 2013).
/// All is done on spectra, where the levels are products.
/// </summary>
internal sealed class PerturbedCascade : IDisposable
{
    private readonly BandPassFilters _filters;
    private readonly CascadeNoise _noise;
    private readonly double _mean;
    private readonly long _seed;
    private long _next;
    private Tensor _newest;
    private Tensor _before;

    private PerturbedCascade(RainCascade cascade, CascadeNoise noise, double mean, (Tensor Newest, Tensor Before) states, long seed,
        long first)
    {
        (_filters, _noise, _mean, _seed, _next) = (cascade.Filters, noise, mean, seed, first);
        (_newest, _before) = states;
    }

    /// <summary>A member of the forecast.</summary>
    /// <param name="cascade">The newest scans.</param>
    /// <param name="noise">Shared by all members.</param>
    /// <param name="seed">Of all members.</param>
    /// <param name="first">The number of this member's first field of noise; the fields of members do not overlap.</param>
    internal static PerturbedCascade Forecast(RainCascade cascade, CascadeNoise noise, long seed, long first) =>
        new(cascade, noise, noise.Mean, cascade.States(), seed, first);

    /// <summary>The error of such a member alone: it begins at nothing, and has the variance that the forecast has lost.</summary>
    internal static PerturbedCascade Error(RainCascade cascade, CascadeNoise noise, long seed, long first)
    {
        using var scope = NewDisposeScope();
        var (newest, before) = cascade.States();
        using (newest)
        using (before)
            return new(cascade, noise, 0, (zeros_like(newest).DetachFromDisposeScope(), zeros_like(before).DetachFromDisposeScope()), seed,
                first);
    }

    /// <summary>The decibels one step further, (height, width) of the padded domain.</summary>
    internal Tensor Next()
    {
        using var scope = NewDisposeScope();
        var white = BandPassFilters.Spectrum(
            tensor(WhiteNoise.Of(_seed, _next++, _filters.Height, _filters.Width), [_filters.Height, _filters.Width]));
        var state = ((_newest * _noise.Phi1) + (_before * _noise.Phi2) + (white * _noise.Amplitude)).DetachFromDisposeScope();
        _before.Dispose();
        (_before, _newest) = (_newest, state);
        return (_filters.Field(state.sum([0])) + _mean).MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        _newest.Dispose();
        _before.Dispose();
    }
}

/// <summary>What all members of an ensemble share.</summary>
internal sealed class CascadeNoise
{
    private readonly RainCascade _cascade;

    internal CascadeNoise(RainCascade cascade)
    {
        _cascade = cascade;
        var levels = cascade.Levels;
        Phi1 = Column(levels.Select(l => l.Process.Phi1));
        Phi2 = Column(levels.Select(l => l.Process.Phi2));
        Mean = cascade.Mean;
        Amplitude = cascade.NoiseAmplitudes() * Column(levels.Select(l => l.Process.Innovation * l.Deviation));
    }

    /// <summary>
    /// The standard deviation of the error of a member after each of the steps, decibels. Neighbouring levels overlap and have the same
    /// noise, so it is more than the sum of their variances (<see cref="RainCascade.Spread"/>).
    /// </summary>
    internal double[] Deviations(int steps)
    {
        using var scope = NewDisposeScope();
        var (variance, deviations) = (0.0, new double[steps]);
        // How much of the noise of so many steps ago each level has kept.
        var kept = _cascade.Levels.Select(_ => (Now: 1.0, Before: 0.0)).ToArray();
        for (var step = 0; step < steps; step++)
        {
            using var inner = NewDisposeScope();
            variance += _cascade.Filters.Variance((Amplitude * Column(kept.Select(k => k.Now))).sum([0])).item<float>();
            deviations[step] = Math.Sqrt(variance);
            for (var level = 0; level < kept.Length; level++)
            {
                var process = _cascade.Levels[level].Process;
                kept[level] = ((process.Phi1 * kept[level].Now) + (process.Phi2 * kept[level].Before), kept[level].Now);
            }
        }
        return deviations;
    }

    private static Tensor Column(IEnumerable<double> values)
    {
        float[] all = [.. values.Select(v => (float)v)];
        return tensor(all, [all.Length, 1, 1]);
    }

    /// <summary>(levels, 1, 1) each.</summary>
    internal Tensor Phi1 { get; }

    internal Tensor Phi2 { get; }

    /// <summary>(levels, height, width / 2 + 1): what the spectrum of white noise is multiplied with to be what a step adds.</summary>
    internal Tensor Amplitude { get; }

    /// <summary>The mean of the newest field, decibels, which stays.</summary>
    internal double Mean { get; }
}
