namespace ConvLstm.Nowcast.Ensemble;

/// <summary>
/// Gaussian noise that looks like rain: it has the power spectrum of a rain field (Seed 2003; Pegram and Clothier 2001), mean 0 and variance 1, and is
/// an autoregressive process of first order from step to step.
/// </summary>
internal sealed class RainNoise
{
    /// <summary>The time in which noise in the frame of the rain falls to 1/e of itself: the life of rain of some ten kilometres (Germann and Zawadzki 2002, section 5).</summary>
    private const double MemoryMinutes = 60;

    private const double RainScale = 0.1;

    private readonly Tensor _amplitude;
    private readonly long _height;
    private readonly long _width;

    /// <param name="rain">(H, W) in mm/h; NaN counts as dry.</param>
    internal RainNoise(Tensor rain)
    {
        (_height, _width) = (rain.shape[0], rain.shape[1]);
        var log = (rain.nan_to_num(0, 0, 0).clamp(min: 0) / RainScale).log1p();
        var spectrum = fft.rfft2(log - log.mean()).abs();
        // A field without any rain has no spectrum; its members are dry whatever the noise.
        _amplitude = spectrum + (spectrum.max().item<float>() > 0 ? 0 : 1);
    }

    /// <summary>The noise of each step in the frame of the rain: (H, W) each.</summary>
    /// <param name="count">Steps.</param>
    /// <param name="stepMinutes">Their length.</param>
    /// <param name="seed">Of all members.</param>
    /// <param name="member">From 0.</param>
    internal IEnumerable<Tensor> Steps(int count, double stepMinutes, long seed, int member)
    {
        var memory = Math.Exp(-stepMinutes / MemoryMinutes);
        var first = (long)member * count;
        var field = Fresh(seed, first);
        for (var step = 0; step < count; step++)
        {
            if (step > 0)
                field = (field * memory) + (Fresh(seed, first + step) * Math.Sqrt(1 - (memory * memory)));
            yield return field;
        }
    }

    private Tensor Fresh(long seed, long number)
    {
        using var scope = NewDisposeScope();
        var white = fft.rfft2(tensor(WhiteNoise.Of(seed, number, (int)_height, (int)_width), [_height, _width], device: _amplitude.device));
        var field = fft.irfft2(white * _amplitude, [_height, _width]);
        field = field - field.mean();
        return (field / field.square().mean().sqrt().clamp(min: 1e-12)).MoveToOuterDisposeScope();
    }
}
