using ConvLstm.Nowcast.Ingest;

namespace ConvLstm.Nowcast.Model.Training;

/// <summary>Losses by name. Each takes normalised rain and a mask of what was observed and gives a mean over observed pixels.</summary>
public static class Losses
{
    public const string Balanced = "balanced";
    public const string MeanSquaredError = "mse";
    public const string MeanAbsoluteError = "mae";
    public const string BinaryCrossEntropy = "bce";
    public const string Ssim = "ssim";

    /// <summary>Probabilities are kept this far from 0 and 1, where the logarithm ends.</summary>
    private const double Certain = 1e-6;

    /// <summary>Rain rates in mm/h from which a pixel weighs more, and its weight (Shi et al. 2017, section 4).</summary>
    private static readonly (double Rate, double Weight)[] Steps = [(2, 2), (5, 5), (10, 10), (30, 30)];

    public static IReadOnlyList<string> Names { get; } = [Balanced, MeanSquaredError, MeanAbsoluteError, BinaryCrossEntropy, Ssim];

    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="normalise">From mm/h to the normalised rain of the network, for the weights.</param>
    /// <returns>(prediction, truth, mask), all of one shape, to a scalar.</returns>
    /// <exception cref="ReportedException">There is no loss of that name.</exception>
    public static Func<Tensor, Tensor, Tensor, Tensor> Named(string name, Func<double, double> normalise) => name switch
    {
        MeanSquaredError => (prediction, truth, mask) => MaskedMean((prediction - truth).square(), mask),
        MeanAbsoluteError => (prediction, truth, mask) => MaskedMean((prediction - truth).abs(), mask),
        Balanced => (prediction, truth, mask) => WeightedByRate(prediction, truth, mask, normalise),
        BinaryCrossEntropy => CrossEntropy,
        Ssim => (prediction, truth, mask) => 1 - StructuralSimilarity.Of(Images(prediction * mask), Images(truth * mask)).mean(),
        _ => throw new ReportedException($"There is no loss '{name}': name one of {string.Join(", ", Names)}."),
    };

    private static Tensor WeightedByRate(Tensor prediction, Tensor truth, Tensor mask, Func<double, double> normalise)
    {
        var error = prediction - truth;
        var weight = mask;
        var before = 1.0;
        foreach (var (rate, value) in Steps)
        {
            weight = weight + (truth.ge(normalise(rate)).to_type(float32) * mask * (value - before));
            before = value;
        }
        return MaskedMean((error.square() + error.abs()) * weight, mask);
    }

    /// <summary>Normalised rain as if it were a probability, as in the tutorials on moving digits.</summary>
    private static Tensor CrossEntropy(Tensor prediction, Tensor truth, Tensor mask)
    {
        var (p, y) = (prediction.clamp(Certain, 1 - Certain), truth.clamp(0, 1));
        return MaskedMean(-((y * p.log()) + ((1 - y) * (1 - p).log())), mask);
    }

    /// <summary>
    /// For log-odds of reaching thresholds: the sum over thresholds of the binary cross-entropy; its Brier twin is the discrete
    /// CRPS. Heavy rain is rare and weighs more, by 1 + ln(1 + T).
    /// </summary>
    /// <param name="rates">The thresholds T in mm/h.</param>
    /// <param name="thresholds">The same, normalised.</param>
    /// <returns>(log-odds (…, K), truth (…, 1), mask (…, 1)) to a scalar.</returns>
    public static Func<Tensor, Tensor, Tensor, Tensor> Exceedance(IReadOnlyList<float> rates, IReadOnlyList<float> thresholds) =>
        (logOdds, truth, mask) =>
    {
        var limits = tensor([.. thresholds], [thresholds.Count], device: truth.device);
        var weights = tensor([.. rates.Select(r => (float)(1 + Math.Log(1 + r)))], [rates.Count], device: truth.device);
        var reached = truth.ge(limits - ThresholdSlack).to_type(float32);
        return nn.functional.binary_cross_entropy_with_logits(logOdds, reached, weights * mask,
            nn.Reduction.Sum) / mask.sum().clamp(min: 1);
    };

    /// <summary>A rate that equals the threshold reaches it; packing and logarithm may have cost it its last digits.</summary>
    private const double ThresholdSlack = Networks.ExceedanceThresholds.Slack;

    /// <summary>(batch, lead, H, W, 1) → (batch·lead, 1, H, W).</summary>
    private static Tensor Images(Tensor frames)
    {
        var s = frames.shape;
        return frames.reshape(s[0] * s[1], 1, s[2], s[3]);
    }

    private static Tensor MaskedMean(Tensor errors, Tensor mask) => (errors * mask).sum() / mask.sum().clamp(min: 1);
}
