using ConvLstm.Nowcast.Model.Training;

namespace ConvLstm.Nowcast.Verification;

/// <summary>Scores of images, each the mean over images of the score of one image.</summary>
/// <param name="Images">How many were compared.</param>
/// <param name="Mse">Mean squared error per pixel.</param>
/// <param name="Mae">Mean absolute error per pixel.</param>
/// <param name="Psnr">Peak signal-to-noise ratio in dB, 10 log10(range² / MSE); images without any error are left out.</param>
/// <param name="Ssim">Structural similarity, see <see cref="StructuralSimilarity"/>.</param>
public sealed record ImageScores(int Images, double Mse, double Mae, double Psnr, double Ssim);

/// <summary>How alike images are, for images without gaps.</summary>
public sealed class ImageQuality : IScore<ImageQuality, ImageScores>
{
    private readonly double range;
    private int images;
    private int imperfect;
    private double squared;
    private double absolute;
    private double psnr;
    private double ssim;

    private ImageQuality(double range) => this.range = range;

    /// <param name="range">The difference between the largest and the least value possible.</param>
    public static ImageQuality Init(double range = 1) => new(range);

    /// <param name="width">Columns of the images.</param>
    /// <param name="forecast">Row-major.</param>
    /// <param name="observed">Row-major.</param>
    public void Accumulate(int width, ReadOnlySpan<float> forecast, ReadOnlySpan<float> observed)
    {
        Fields.Check(forecast.Length, observed.Length, 0);
        var (sum, away) = (0.0, 0.0);
        for (var i = 0; i < forecast.Length; i++)
        {
            double error = forecast[i] - observed[i];
            sum += error * error;
            away += Math.Abs(error);
        }
        images++;
        squared += sum / forecast.Length;
        absolute += away / forecast.Length;
        if (sum > 0)
        {
            imperfect++;
            psnr += 10 * Math.Log10(range * range * forecast.Length / sum);
        }
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        long[] shape = [1, 1, forecast.Length / width, width];
        ssim += StructuralSimilarity.Of(tensor(forecast.ToArray(), shape).to_type(float64), tensor(observed.ToArray(), shape).to_type(float64), range).item<double>();
    }

    public void Merge(ImageQuality other)
    {
        ArgumentNullException.ThrowIfNull(other);
        Fields.CheckSame(range, other.range, "range");
        images += other.images;
        imperfect += other.imperfect;
        squared += other.squared;
        absolute += other.absolute;
        psnr += other.psnr;
        ssim += other.ssim;
    }

    public ImageScores Compute() => new(images, squared / images, absolute / images, psnr / imperfect, ssim / images);
}
