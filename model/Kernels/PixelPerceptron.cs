namespace ConvLstm.Nowcast.Model.Kernels;

/// <summary>What a perceptron reads of each pixel: pixels P, inner values C.</summary>
/// <param name="Still">(C, P): what its first layer has made of the features that all leads share.</param>
/// <param name="Maps">(2, P): features of this lead.</param>
internal sealed record PerceptronPixels(Tensor Still, Tensor Maps);

/// <summary>Its weights: inner values C, D of the second layer, thresholds T.</summary>
/// <param name="Maps">(C, 2).</param>
/// <param name="Shared">(C): what the same features of all pixels give.</param>
/// <param name="Second">(D, C).</param>
/// <param name="SecondBias">(D).</param>
/// <param name="Last">(T, D).</param>
/// <param name="LastBias">(T).</param>
/// <param name="Slope">What the first map gives to each threshold besides.</param>
internal sealed record PerceptronWeights(Tensor Maps, Tensor Shared, Tensor Second, Tensor SecondBias, Tensor Last, Tensor LastBias,
    float Slope);

/// <summary>
/// A perceptron of two hidden layers for every pixel in one pass (the head of the cascade network): its inner values stay in the nearest
/// cache. Without a gradient, in float32 on the CPU.
/// </summary>
internal static class PixelPerceptron
{
    /// <summary>Whether it takes these pixels now.</summary>
    internal static bool Takes(Tensor still) =>
        InstructionSets.Best != InstructionSet.Scalar && !is_grad_enabled() && still.dtype == ScalarType.Float32
            && still.device_type == DeviceType.CPU;

    /// <summary>
    /// last · relu(second · relu(still + maps · m + shared) + second bias) + last bias + slope · m₀, and not more than that of the
    /// threshold below.
    /// </summary>
    /// <returns>(T, P).</returns>
    /// <exception cref="ArgumentException">The shapes or types do not fit.</exception>
    internal static Tensor LogOdds(PerceptronPixels pixels, PerceptronWeights weights, KernelOptions options)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        var result = empty([weights.Last.shape[0], pixels.Still.shape[1]]);
        var layers = new PerceptronLayers(pixels, weights, result);
        switch (options.Instructions)
        {
            case InstructionSet.Avx512:
                PerceptronPanels<Floats16>.Run(layers, options.Threads);
                break;
            case InstructionSet.Avx2:
                PerceptronPanels<Floats8>.Run(layers, options.Threads);
                break;
            default:
                PerceptronPanels<Float1>.Run(layers, options.Threads);
                break;
        }
        return result.MoveToOuterDisposeScope();
    }
}
