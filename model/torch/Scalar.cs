using ConvLstm.Nowcast.Torch.Interop;

namespace ConvLstm.Nowcast.Torch;

/// <summary>A number given to an operator: an integer, a real or a truth value.</summary>
public sealed class Scalar
{
    private readonly Argument argument;

    private Scalar(Argument argument) => this.argument = argument;

    public static implicit operator Scalar(int value) => new((long)value);

    public static implicit operator Scalar(long value) => new(value);

    public static implicit operator Scalar(float value) => new((double)value);

    public static implicit operator Scalar(double value) => new(value);

    public static implicit operator Scalar(bool value) => new(value);

    internal Argument ToArgument() => argument;
}
