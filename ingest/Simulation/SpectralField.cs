using System.Numerics;
using MathNet.Numerics.IntegralTransforms;

namespace ConvLstm.Nowcast.Ingest.Simulation;

/// <summary>
/// Two independent Gaussian fields of unit variance with a power-law spectrum (real and imaginary part of one complex field), which move
/// by phase shifts and renew themselves the faster the smaller the scale, as the cascade of Bowler, Pierce and Seed (2006, STEPS,
/// <see href="https://doi.org/10.1256/qj.04.100"/>) does by levels. Periodic.
/// </summary>
internal sealed class SpectralField
{
    // Lifetimes of precipitation patterns against their scale, after Germann and Zawadzki (2002,
    // https://doi.org/10.1175/1520-0493(2002)130<2859:SDOTPO>2.0.CO;2).
    private const double MinutesAtOneKilometre = 8;
    private const double LifetimeExponent = 0.8;

    private readonly int _size;
    private readonly Random _random;
    private readonly double[] _amplitude;
    private readonly double[] _memory;
    private readonly Complex[] _coefficients;
    private readonly Complex[] _columns;
    private readonly Complex[] _line;
    private readonly Complex[] _field;

    /// <param name="size">A power of two.</param>
    /// <param name="slope">β of the power spectrum k^−β.</param>
    /// <param name="outerScale">Pixels; larger scales have no more power than this one.</param>
    /// <param name="stepMinutes">Time between two states, for the memory of each scale; a pixel is 1 km.</param>
    /// <param name="random">The source of all that is random.</param>
    internal SpectralField(int size, double slope, double outerScale, double stepMinutes, Random random)
    {
        _size = size;
        _random = random;
        _amplitude = new double[size * size];
        _memory = new double[size * size];
        var power = 0.0;
        for (var j = 0; j < size; j++)
        {
            for (var i = 0; i < size; i++)
            {
                var k = Math.Sqrt(Square(Wavenumber(i)) + Square(Wavenumber(j)));
                var amplitude = k == 0 ? 0 : Math.Pow(Math.Max(k, 1 / outerScale), -slope / 2);
                var lifetime = MinutesAtOneKilometre * Math.Pow(k == 0 ? outerScale : 1 / k, LifetimeExponent);
                _amplitude[(j * size) + i] = amplitude;
                _memory[(j * size) + i] = Math.Exp(-stepMinutes / lifetime);
                power += amplitude * amplitude;
            }
        }
        for (var n = 0; n < _amplitude.Length; n++)
            _amplitude[n] /= Math.Sqrt(power);
        _coefficients = new Complex[size * size];
        _columns = new Complex[size * size];
        _line = new Complex[size];
        _field = new Complex[size * size];
        for (var n = 0; n < _coefficients.Length; n++)
            _coefficients[n] = _amplitude[n] * Noise();
        Transform();
    }

    /// <summary>Row-major; the real parts are one field, the imaginary parts the other.</summary>
    internal ReadOnlySpan<Complex> Values => _field;

    /// <summary>
    /// One step: moves by (<paramref name="dx"/>, <paramref name="dy"/>) pixels, forgets a little, learns a little noise.
    /// </summary>
    internal void Advance(double dx, double dy)
    {
        var (shiftX, shiftY) = (Phases(dx), Phases(dy));
        for (var j = 0; j < _size; j++)
        {
            for (var i = 0; i < _size; i++)
            {
                var n = (j * _size) + i;
                var memory = _memory[n];
                _coefficients[n] = (memory * shiftX[i] * shiftY[j] * _coefficients[n])
                    + (Math.Sqrt(1 - (memory * memory)) * _amplitude[n] * Noise());
            }
        }
        Transform();
    }

    private void Transform()
    {
        // MathNet's managed provider transforms one dimension at a time: rows into columns, twice.
        InverseRowsTransposed(_coefficients, _columns);
        InverseRowsTransposed(_columns, _field);
    }

    private void InverseRowsTransposed(Complex[] from, Complex[] to)
    {
        for (var row = 0; row < _size; row++)
        {
            Array.Copy(from, row * _size, _line, 0, _size);
            Fourier.Inverse(_line, FourierOptions.NoScaling);
            for (var column = 0; column < _size; column++)
                to[(column * _size) + row] = _line[column];
        }
    }

    private Complex[] Phases(double shift)
    {
        var phases = new Complex[_size];
        for (var i = 0; i < _size; i++)
            phases[i] = Complex.FromPolarCoordinates(1, -2 * Math.PI * Wavenumber(i) * shift);
        return phases;
    }

    // Cycles per pixel.
    private double Wavenumber(int index) => (double)(index <= _size / 2 ? index : index - _size) / _size;

    private Complex Noise()
    {
        var (re, im) = Gaussian.Pair(_random);
        return new Complex(re, im);
    }

    private static double Square(double x) => x * x;
}
