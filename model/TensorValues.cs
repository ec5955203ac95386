using ConvLstm.Nowcast.Model.Kernels;

namespace ConvLstm.Nowcast.Model;

/// <summary>The numbers of a tensor in an array, copied at once: TorchSharp's own accessor asks for the size at every element.</summary>
public static unsafe class TensorValues
{
    /// <summary>All numbers as float32, row by row, from wherever the tensor lies.</summary>
    /// <param name="tensor">Of any shape, at most 2³¹ − 1 numbers.</param>
    /// <exception cref="OverflowException">It has more.</exception>
    public static float[] ToFloats(this Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        var values = GC.AllocateUninitializedArray<float>(checked((int)tensor.numel()));
        tensor.CopyFloats(values);
        return values;
    }

    /// <summary>As <see cref="ToFloats"/>, into an array that is there.</summary>
    /// <param name="tensor">As many numbers as <paramref name="values"/> is long.</param>
    /// <param name="values">Is filled.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void CopyFloats(this Tensor tensor, Span<float> values)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (tensor.numel() != values.Length)
            throw new ArgumentException($"{tensor.numel()} numbers do not fill an array of {values.Length}.", nameof(values));
        using var scope = NewDisposeScope();
        var plain = tensor.detach().cpu().to_type(ScalarType.Float32).contiguous();
        new ReadOnlySpan<float>(TensorMemory.Data(plain), values.Length).CopyTo(values);
    }
}
