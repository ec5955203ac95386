namespace ConvLstm.Nowcast.Model.Training;

/// <summary>
/// The structural similarity of Wang et al. 2004 ("Image Quality Assessment: From Error Visibility to Structural Similarity") as a tensor
/// that can be differentiated: a Gaussian window of 11×11 with σ = 1.5, population moments, K1 = 0.01, K2 = 0.03, windows inside the
/// image only.
/// </summary>
public static class StructuralSimilarity
{
    private const int Side = 11;
    private const double Sigma = 1.5;
    private const double K1 = 0.01, K2 = 0.03;

    static StructuralSimilarity() => OneDnn.Ensure();

    /// <param name="a">(N, 1, H, W).</param>
    /// <param name="b">(N, 1, H, W).</param>
    /// <param name="range">The difference between the largest and the least value possible.</param>
    /// <returns>The mean over the windows of each image, (N).</returns>
    public static Tensor Of(Tensor a, Tensor b, double range = 1)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        // An image smaller than the window is one window.
        var side = Math.Min(Side, (int)Math.Min(a.shape[2], a.shape[3]));
        // The window is the product of a row and a column: two passes of 11 products instead of one of 121.
        var line = Line(side, a);
        var rows = nn.functional.conv2d(cat([a, b, a * a, b * b, a * b], 0), line.view(1, 1, 1, -1));
        var moments = nn.functional.conv2d(rows, line.view(1, 1, -1, 1)).chunk(5, 0);
        var (meanA, meanB) = (moments[0], moments[1]);
        var (varianceA, varianceB, covariance) = (moments[2] - (meanA * meanA), moments[3] - (meanB * meanB), moments[4] - (meanA * meanB));
        var (c1, c2) = (K1 * range * K1 * range, K2 * range * K2 * range);
        var similarity = ((meanA * meanB * 2) + c1) * ((covariance * 2)
            + c2) / (((meanA * meanA) + (meanB * meanB) + c1) * (varianceA + varianceB + c2));
        return similarity.mean([1, 2, 3]);
    }

    private static Tensor Line(int side, Tensor like)
    {
        var line = Enumerable.Range(0, side).Select(i => Math.Exp(-Math.Pow(i - ((side - 1) / 2.0), 2) / (2 * Sigma * Sigma))).ToArray();
        var sum = line.Sum();
        return tensor(Array.ConvertAll(line, x => x / sum), [side], like.dtype, like.device);
    }
}
