using ConvLstm.Nowcast.Ingest;

namespace ConvLstm.Nowcast.Cascade;

/// <summary>
/// The filters of a cascade of spatial scales: Gaussians on the logarithm of the wavenumber whose sum is 1 everywhere, the mean of the
/// field in the first (Pulkkinen et al. 2019, "Pysteps", section 2.5). Wavenumbers are cycles on the longer side of the domain on the
/// ground.
/// </summary>
internal sealed class BandPassFilters : IDisposable
{
    /// <summary>Width of a Gaussian, in levels.</summary>
    private const double GaussianWidth = 0.5;

    /// <summary>The ratio of neighbouring scales that the number of levels is chosen for; a domain of 512 pixels has six levels.</summary>
    private const double ScaleRatio = 2.52;

    private const int FewestLevels = 3;
    private const int MostLevels = 8;

    /// <param name="height">Rows of the padded domain.</param>
    /// <param name="width">Columns of the padded domain.</param>
    /// <param name="pixel">The extent of a pixel on the ground, km.</param>
    /// <param name="levels">How many; 0 chooses by the size of the domain.</param>
    internal BandPassFilters(int height, int width, (double Column, double Row) pixel, int levels = 0)
    {
        (Height, Width) = (height, width);
        var length = Math.Max(height * pixel.Row, width * pixel.Column);
        var finest = length / (2 * Math.Min(pixel.Row, pixel.Column));
        Levels = levels > 0 ? levels : Math.Clamp((int)Math.Round(Math.Log(finest) / Math.Log(ScaleRatio)), FewestLevels, MostLevels);
        var ratio = Math.Pow(finest, 1.0 / Levels);
        var centres = Enumerable.Range(1, Levels).Select(k => (Math.Pow(ratio, k - 1) + Math.Pow(ratio, k)) / 2).ToArray();
        WavelengthKilometres = [.. centres.Select(c => length / c)];
        var logs = Array.ConvertAll(centres, c => Math.Log(c) / Math.Log(ratio));
        var columns = (width / 2) + 1;
        var weights = new float[Levels * height * columns];
        Parallel.For(0, height, row =>
        {
            Span<double> gaussians = stackalloc double[logs.Length];
            var y = (row <= height / 2 ? row : row - height) * length / (height * pixel.Row);
            for (var column = 0; column < columns; column++)
            {
                var x = column * length / (width * pixel.Column);
                // Beyond the last centre, in the corners of the spectrum, the last level has all.
                var log = Math.Clamp(Math.Log(Math.Sqrt((x * x) + (y * y))) / Math.Log(ratio), logs[0], logs[^1]);
                var sum = 0.0;
                for (var k = 0; k < logs.Length; k++)
                    sum += gaussians[k] = row == 0 && column == 0 ? (k == 0 ? 1 : 0)
                        : Math.Exp(-(log - logs[k]) * (log - logs[k]) / (2 * GaussianWidth * GaussianWidth));
                for (var k = 0; k < logs.Length; k++)
                    weights[(((k * height) + row) * columns) + column] = (float)(gaussians[k] / sum);
            }
        });
        Weights = tensor(weights, [Levels, height, columns]).DetachFromDisposeScope();
        WithoutMean = Weights.clone().DetachFromDisposeScope();
        WithoutMean[0][0, 0].fill_(0);
    }

    /// <summary>For the domain of a radar grid, padded to a size that transforms fast.</summary>
    internal static BandPassFilters Of(RadarGrid grid) =>
        new(FastSize.AtLeast(grid.Height), FastSize.AtLeast(grid.Width), PixelSize.Kilometres(grid));

    internal int Height { get; }

    internal int Width { get; }

    internal int Levels { get; }

    /// <summary>The wavelength in the middle of each level, km, falling.</summary>
    internal IReadOnlyList<double> WavelengthKilometres { get; }

    /// <summary>(levels, height, width / 2 + 1): what a spectrum of real fields is multiplied with.</summary>
    internal Tensor Weights { get; }

    /// <summary><see cref="Weights"/> of which none has the mean of the field.</summary>
    internal Tensor WithoutMean { get; }

    /// <summary>The mean of the field of a spectrum.</summary>
    internal static double Mean(Tensor spectrum, int height, int width) => fft.irfft2(spectrum, [height, width]).mean().item<float>();

    /// <summary>
    /// The variance of white noise of variance 1 whose spectrum is multiplied with amplitudes (…, height, width / 2 + 1): (…, 1, 1).
    /// </summary>
    internal Tensor Variance(Tensor amplitudes)
    {
        using var scope = NewDisposeScope();
        // Parseval: all columns but the first and, of an even width, the last of the half spectrum stand for two.
        var columns = (Width / 2) + 1;
        var twice = cat([ones([1]), full([columns - 2], 2f), full([1], Width % 2 == 0 ? 1f : 2f)]);
        return ((amplitudes.square() * twice).sum([-2, -1], keepdim: true) / ((double)Height * Width)).MoveToOuterDisposeScope();
    }

    /// <summary>The spectrum of real fields (…, height, width).</summary>
    internal static Tensor Spectrum(Tensor fields) => fft.rfft2(fields);

    /// <summary>One level of a spectrum (height, width / 2 + 1) as a field (height, width).</summary>
    internal Tensor Level(Tensor spectrum, int level) => Field(spectrum * Weights[level]);

    public void Dispose()
    {
        Weights.Dispose();
        WithoutMean.Dispose();
    }

    /// <summary>The field of a spectrum: (…, height, width).</summary>
    internal Tensor Field(Tensor spectrum) => fft.irfft2(spectrum, [Height, Width]);
}
