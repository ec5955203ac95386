using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using ConvLstm.Nowcast.Studies.Digits;
using ConvLstm.Nowcast.Verification;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Studies;

public sealed class ImageScoresAgainstSkimage
{
    [Theory]
    [InlineData(36, 36, 0.05, 1)]
    [InlineData(64, 48, 0.3, 2)]
    [InlineData(23, 31, 0.01, 3)]
    public async Task PsnrAndSsimAgreeToATenThousandth(int width, int height, double noise, int seed)
    {
        using var folder = new TemporaryFolder();
        var random = new Random(seed);
        var observed = Enumerable.Range(0, width * height).Select(i => (float)(0.5 + (0.5 * Math.Sin(i * 0.03) * random.NextDouble())))
            .ToArray();
        var forecast = Array.ConvertAll(observed, v => (float)Math.Clamp(v + (noise * ((2 * random.NextDouble()) - 1)), 0, 1));
        Save(folder.File("f"), forecast);
        Save(folder.File("o"), observed);
        var text = await Python.RunAsync("skimage", "forecasts/Studies/image_quality.py", folder.File("f"), folder.File("o"),
            width.ToString(CultureInfo.InvariantCulture));
        var reference = JsonDocument.Parse(text).RootElement;

        var quality = ImageQuality.Init();
        quality.Accumulate(width, forecast, observed);

        Assert.Equal(reference.GetProperty("psnr").GetDouble(), quality.Compute().Psnr, 1e-4);
        Assert.Equal(reference.GetProperty("ssim").GetDouble(), quality.Compute().Ssim, 1e-4);
    }

    [Fact]
    public void ScoresOfSeveralImagesAreMeansAndMerge()
    {
        float[] truth = [.. Enumerable.Range(0, 256).Select(i => (i % 16) / 16f)];
        var (near, far) = (Array.ConvertAll(truth, v => v + 0.1f), Array.ConvertAll(truth, v => v + 0.3f));
        var (one, other) = (ImageQuality.Init(), ImageQuality.Init());
        one.Accumulate(16, near, truth);
        other.Accumulate(16, far, truth);
        one.Merge(other);

        var scores = one.Compute();
        Assert.Equal((2, 0.05, 0.2), (scores.Images, Math.Round(scores.Mse, 5), Math.Round(scores.Mae, 5)));
        Assert.Equal(((-10 * Math.Log10(0.01)) - (10 * Math.Log10(0.09))) / 2, scores.Psnr, 1e-3);
        Assert.Throws<ArgumentException>(() => one.Merge(ImageQuality.Init(255)));
    }

    [Fact]
    public async Task NonLocalMeansAgreeWithOpenCv()
    {
        using var folder = new TemporaryFolder();
        const int Side = 36, Strength = 20;
        var motion = new DigitMotion { Noise = 0.08, Frames = 2 };
        var clean = DigitSequences.Make(new StrokeDigits(), 6, 3, motion with { Noise = 0 }, 4).Frames.Select(f => f[0]).ToList();
        var random = new Random(5);
        // Bytes, as OpenCV takes them.
        var noisy = clean.ConvertAll(c =>
            Array.ConvertAll(c, v => (byte)Math.Clamp(Math.Round((255 * v) + (20 * Normal(random))), 0, 255)));
        File.WriteAllBytes(folder.File("in"), [.. noisy.SelectMany(n => n)]);
        await Python.RunAsync("cv2", "forecasts/Studies/nlmeans_reference.py", folder.File("in"), "36", "20", folder.File("out"));
        var theirs = File.ReadAllBytes(folder.File("out")).Chunk(Side * Side).Select(f => Array.ConvertAll(f, b => b / 255f)).ToList();

        var means = new NonLocalMeans(Strength / 255.0);
        var ours = noisy.ConvertAll(n => means.Denoise(Side, Array.ConvertAll(n, b => b / 255f)));

        for (var i = 0; i < clean.Count; i++)
        {
            var (a, b) = (Errors(ours[i], clean[i]), Errors(theirs[i], clean[i]));
            Assert.True(Math.Abs(Psnr(a) - Psnr(b)) < 1, $"{Psnr(a)} dB against {Psnr(b)} dB");
            Assert.True(Psnr(a) > Psnr(Errors(Array.ConvertAll(noisy[i], v => v / 255f), clean[i])) + 2, "it denoises");
            // Bytes leave ties where nothing is drawn: the order is compared where there are errors to order.
            var far = Enumerable.Range(0, a.Length).Where(k => a[k] > 0.01 || b[k] > 0.01).ToArray();
            Assert.True(Correlation(Ranks([.. far.Select(k => a[k])]), Ranks([.. far.Select(k => b[k])])) > 0.95);
        }
    }

    private static void Save(string path, float[] values) => File.WriteAllBytes(path, MemoryMarshal.AsBytes(values.AsSpan()).ToArray());

    private static double Normal(Random random) => MathNet.Numerics.Distributions.Normal.Sample(random, 0, 1);

    private static double[] Errors(float[] image, float[] clean) => [.. image.Zip(clean, (v, c) => (double)Math.Abs(v - c))];

    private static double Psnr(double[] errors) => -10 * Math.Log10(errors.Average(e => e * e));

    private static double[] Ranks(double[] values) => MathNet.Numerics.Statistics.Statistics.Ranks(values);

    private static double Correlation(double[] a, double[] b) => MathNet.Numerics.Statistics.Correlation.Pearson(a, b);
}
