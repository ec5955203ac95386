namespace ConvLstm.Nowcast.Model.Kernels;

/// <summary>Tensors of the shapes that a kernel expects, without gaps and kept alive for as long as its loops read them.</summary>
internal sealed unsafe class CheckedTensors
{
    private readonly List<Tensor> _tensors = [];

    /// <summary>The address of the first number.</summary>
    /// <exception cref="ArgumentException">Another shape, or not float32 on the CPU.</exception>
    internal float* Of(Tensor tensor, string name, params long[] shape)
    {
        if (!tensor.shape.SequenceEqual(shape))
            throw new ArgumentException($"{name} is ({string.Join(", ", tensor.shape)}), not ({string.Join(", ", shape)}).", name);
        var dense = tensor.contiguous();
        _tensors.Add(dense);
        return TensorMemory.Data(dense);
    }
}
