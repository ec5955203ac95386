using static ConvLstm.Nowcast.Torch.Interop.Operator;

namespace ConvLstm.Nowcast.Torch;

public static partial class torch
{
    private static Interop.Argument Strided => Interop.Argument.None;

    public static Tensor empty(long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Made(Call("aten::empty.memory_format", size, dtype, Strided, device), requires_grad);

    public static Tensor zeros(long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Made(Call("aten::zeros", size, dtype, Strided, device), requires_grad);

    public static Tensor ones(long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Made(Call("aten::ones", size, dtype, Strided, device), requires_grad);

    public static Tensor full(long[] size, Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Made(Call("aten::full", size, value, dtype ?? ScalarType.Float32, Strided, device), requires_grad);

    public static Tensor zeros_like(Tensor input) => Call("aten::zeros_like", input);

    public static Tensor ones_like(Tensor input) => Call("aten::ones_like", input);

    public static Tensor empty_like(Tensor input) => Call("aten::empty_like", input);

    public static Tensor rand(long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Made(Call("aten::rand", size, dtype, Strided, device), requires_grad);

    public static Tensor randn(long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Made(Call("aten::randn", size, dtype, Strided, device), requires_grad);

    public static Tensor arange(Scalar start, Scalar stop, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Made(Call("aten::arange.start", start, stop, dtype, Strided, device), requires_grad);

    public static Tensor linspace(double start, double end, long steps, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Made(Call("aten::linspace", start, end, steps, dtype, Strided, device), requires_grad);

    public static Tensor tensor(float[] rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        From<float>(rawArray, dimensions, dtype, device, requires_grad);

    public static Tensor tensor(double[] rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        From<double>(rawArray, dimensions, dtype, device, requires_grad);

    public static Tensor tensor(long[] dataArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        From<long>(dataArray, dimensions, dtype, device, requires_grad);

    public static Tensor tensor(byte[] rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        From<byte>(rawArray, dimensions, dtype, device, requires_grad);

    public static Tensor tensor(float scalar, Device? device = null, bool requires_grad = false) =>
        From<float>([scalar], [], null, device, requires_grad);

    public static Tensor tensor(double scalar, Device? device = null, bool requires_grad = false) =>
        From<double>([scalar], [], null, device, requires_grad);

    /// <summary>Copies the elements; their number must be the product of the dimensions.</summary>
    private static Tensor From<T>(ReadOnlySpan<T> values, ReadOnlySpan<long> dimensions, ScalarType? dtype, Device? device, bool requires_grad)
        where T : unmanaged
    {
        var made = empty(dimensions.ToArray(), Tensor.TypeOf<T>());
        var target = made.Elements<T>();
        if (target.Length != values.Length)
        {
            made.Dispose();
            throw new ArgumentException($"{values.Length} values do not fill a tensor of shape [{string.Join(", ", dimensions.ToArray())}].", nameof(values));
        }
        values.CopyTo(target);
        if (dtype is ScalarType type && type != made.dtype)
            made = Replace(made, made.to_type(type));
        if (device is not null && device.type != DeviceType.CPU)
            made = Replace(made, made.to(device));
        return Made(made, requires_grad);
    }

    private static Tensor Replace(Tensor old, Tensor by)
    {
        old.Dispose();
        return by;
    }

    private static Tensor Made(Tensor tensor, bool requires_grad) => requires_grad ? tensor.requires_grad_() : tensor;
}
