namespace ConvLstm.Nowcast.Model.Kernels;

/// <summary>Pixels and weights where the loops want them, checked.</summary>
internal sealed unsafe class PerceptronLayers
{
    internal const int MapCount = 2;

    private readonly CheckedTensors _tensors = new();

    internal PerceptronLayers(PerceptronPixels pixels, PerceptronWeights w, Tensor result)
    {
        (Inner, Hidden, Thresholds) = ((int)w.Second.shape[1], (int)w.Second.shape[0], (int)w.Last.shape[0]);
        Pixels = (nint)pixels.Still.shape[1];
        Still = _tensors.Of(pixels.Still, nameof(pixels.Still), Inner, Pixels);
        MapValues = _tensors.Of(pixels.Maps, nameof(pixels.Maps), MapCount, Pixels);
        Maps = Rows(w.Maps, nameof(w.Maps), Inner, MapCount);
        Shared = _tensors.Of(w.Shared, nameof(w.Shared), Inner);
        Second = Rows(w.Second, nameof(w.Second), Hidden, Inner);
        SecondBias = _tensors.Of(w.SecondBias, nameof(w.SecondBias), Hidden);
        Last = Rows(w.Last, nameof(w.Last), Thresholds, Hidden);
        LastBias = _tensors.Of(w.LastBias, nameof(w.LastBias), Thresholds);
        Slope = w.Slope;
        Result = TensorMemory.Data(result);
    }

    internal nint Pixels { get; }

    internal int Inner { get; }

    internal int Hidden { get; }

    internal int Thresholds { get; }

    internal float Slope { get; }

    internal float* Still { get; }

    internal float* MapValues { get; }

    internal float* Maps { get; }

    internal float* Shared { get; }

    internal float* Second { get; }

    internal float* SecondBias { get; }

    internal float* Last { get; }

    internal float* LastBias { get; }

    internal float* Result { get; }

    /// <summary>With rows to spare for a block of products.</summary>
    private float* Rows(Tensor weights, string name, int rows, int columns) =>
        _tensors.Of(cat([weights, zeros([2 * MatrixProduct.Block, columns])], 0), name, rows + (2 * MatrixProduct.Block), columns);
}
