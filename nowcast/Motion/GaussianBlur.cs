using ConvLstm.Nowcast.Model;

namespace ConvLstm.Nowcast.Motion;

/// <summary>Separable Gaussian blur of images (N, C, H, W); beyond the edge stand zeros.</summary>
internal static class GaussianBlur
{
    // Beyond three standard deviations lies less than 0.3 per cent of the weight.
    private const double Cut = 3;

    static GaussianBlur() => OneDnn.Ensure();

    /// <param name="images">(N, C, H, W).</param>
    /// <param name="sigma">Standard deviation in pixels; 0 changes nothing.</param>
    internal static Tensor Apply(Tensor images, double sigma)
    {
        if (sigma <= 0)
            return images;
        var shape = images.shape;
        var radius = Math.Max(1, (int)Math.Ceiling(Cut * sigma));
        var kernel = Kernel(sigma, radius, images.device);
        var planes = images.reshape(shape[0] * shape[1], 1, shape[2], shape[3]);
        planes = nn.functional.conv2d(planes, kernel.view(1, 1, 1, -1), padding: [0, radius]);
        planes = nn.functional.conv2d(planes, kernel.view(1, 1, -1, 1), padding: [radius, 0]);
        return planes.view(shape);
    }

    /// <summary>
    /// Normalised convolution (Knutsson and Westin 1993): the blur of the values that are there, weighted by their
    /// certainty, so that values without certainty neither count nor pull towards zero.
    /// </summary>
    /// <param name="values">(N, C, H, W).</param>
    /// <param name="certainty">(N, 1, H, W), at least 0.</param>
    /// <param name="sigma">Standard deviation in pixels.</param>
    /// <param name="prior">What stands where no certainty is near; broadcast to the values.</param>
    /// <param name="priorCertainty">The certainty of the prior.</param>
    internal static Tensor Normalised(Tensor values, Tensor certainty, double sigma, Tensor prior, Tensor priorCertainty) =>
        (Apply(values * certainty, sigma) + (prior * priorCertainty)) / (Apply(certainty, sigma) + priorCertainty);

    private static Tensor Kernel(double sigma, int radius, Device device)
    {
        var weights = new double[(2 * radius) + 1];
        for (var i = 0; i < weights.Length; i++)
            weights[i] = Math.Exp(-(i - radius) * (double)(i - radius) / (2 * sigma * sigma));
        var sum = weights.Sum();
        return tensor(Array.ConvertAll(weights, w => (float)(w / sum)), [weights.Length], device: device);
    }
}
