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
    private readonly double _range;
    private int _images;
    private int _imperfect;
    private double _squared;
    private double _absolute;
    private double _psnr;
    private double _ssim;

    private ImageQuality(double range) => _range = range;

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
        _images++;
        _squared += sum / forecast.Length;
        _absolute += away / forecast.Length;
        if (sum > 0)
        {
            _imperfect++;
            _psnr += 10 * Math.Log10(_range * _range * forecast.Length / sum);
        }
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        long[] shape = [1, 1, forecast.Length / width, width];
        _ssim += StructuralSimilarity.Of(tensor(forecast.ToArray(), shape).to_type(float64),
            tensor(observed.ToArray(), shape).to_type(float64), _range).item<double>();
    }

    public void Merge(ImageQuality other)
    {
        ArgumentNullException.ThrowIfNull(other);
        Fields.CheckSame(_range, other._range, "range");
        _images += other._images;
        _imperfect += other._imperfect;
        _squared += other._squared;
        _absolute += other._absolute;
        _psnr += other._psnr;
        _ssim += other._ssim;
    }

    public ImageScores Compute() => new(_images, _squared / _images, _absolute / _images, _psnr / _imperfect, _ssim / _images);
}
