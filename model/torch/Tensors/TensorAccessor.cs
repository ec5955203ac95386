namespace ConvLstm.Nowcast.Torch;

/// <summary>The elements of a tensor in the memory of the CPU, in row-major order.</summary>
public sealed class TensorAccessor<T>
    where T : unmanaged
{
    private readonly torch.Tensor tensor;

    internal TensorAccessor(torch.Tensor tensor) => this.tensor = tensor.is_contiguous() ? tensor : tensor.contiguous();

    public long Count => tensor.numel();

    public T this[long index]
    {
        get => tensor.Elements<T>()[checked((int)index)];
        set => tensor.Elements<T>()[checked((int)index)] = value;
    }

    public T[] ToArray() => tensor.Elements<T>().ToArray();

    /// <summary>Copies all elements to the front of <paramref name="array"/>.</summary>
    public void CopyTo(T[] array, int arrayIndex = 0, long tensorIndex = 0) =>
        tensor.Elements<T>()[checked((int)tensorIndex)..].CopyTo(array.AsSpan(arrayIndex));

    /// <summary>Fills the tensor from the front of <paramref name="array"/>.</summary>
    public void CopyFrom(T[] array, int arrayIndex = 0, long tensorIndex = 0)
    {
        var target = tensor.Elements<T>()[checked((int)tensorIndex)..];
        array.AsSpan(arrayIndex, Math.Min(array.Length - arrayIndex, target.Length)).CopyTo(target);
    }
}
