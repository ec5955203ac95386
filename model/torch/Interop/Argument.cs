namespace ConvLstm.Nowcast.Torch.Interop;

/// <summary>An argument of an operator. The conversions let a call read like one of PyTorch.</summary>
internal readonly struct Argument
{
    private Argument(ValueTag tag, long bits, object? reference)
    {
        Tag = tag;
        Bits = bits;
        Reference = reference;
    }

    internal ValueTag Tag { get; }

    /// <summary>The number itself, or the length of what is referred to.</summary>
    internal long Bits { get; }

    /// <summary>What must stay alive during the call.</summary>
    internal object? Reference { get; }

    /// <summary>An optional argument that is not given.</summary>
    internal static Argument None => default;

    public static implicit operator Argument(torch.Tensor? tensor) =>
        tensor is null ? default : new(ValueTag.Tensor, 0, tensor);

    public static implicit operator Argument(long value) => new(ValueTag.Int, value, null);

    public static implicit operator Argument(long? value) => value is long v ? v : default(Argument);

    public static implicit operator Argument(double value) => new(ValueTag.Double, BitConverter.DoubleToInt64Bits(value), null);

    public static implicit operator Argument(bool value) => new(ValueTag.Bool, value ? 1 : 0, null);

    public static implicit operator Argument(Scalar? value) => value?.ToArgument() ?? default;

    public static implicit operator Argument(ScalarType? value) => value is ScalarType t ? (long)t : default(Argument);

    public static implicit operator Argument(long[]? values) =>
        values is null ? default : new(ValueTag.Ints, values.Length, values);

    public static implicit operator Argument(double[]? values) =>
        values is null ? default : new(ValueTag.Doubles, values.Length, values);

    public static implicit operator Argument(torch.Tensor?[] tensors) => new(ValueTag.Tensors, tensors.Length, tensors);

    public static implicit operator Argument(string? text) => text is null ? default : new(ValueTag.String, 0, text);

    public static implicit operator Argument(torch.Device? device) => device?.ToString();
}
