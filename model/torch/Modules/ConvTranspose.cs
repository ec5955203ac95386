namespace ConvLstm.Nowcast.Torch.Modules
{
    /// <summary>The transpose of a convolution: (N, C, …) → (N, out, …·stride).</summary>
    public abstract class ConvolutionTranspose : Convolution
    {
        private protected ConvolutionTranspose(string name, ConvolutionShape shape, long outputPadding)
            : base(name, [shape.In, shape.Out / shape.Groups, .. shape.Kernel], shape.Out, shape.Bias)
        {
            if (shape.Mode != PaddingModes.Zeros)
                throw new NotSupportedException($"A transposed convolution pads with zeros, not with {shape.Mode}.");
            Shape = shape;
            OutputPadding = [.. shape.Kernel.Select(_ => outputPadding)];
        }

        private protected ConvolutionShape Shape { get; }

        private protected long[] OutputPadding { get; }
    }

    public sealed class ConvTranspose1d : ConvolutionTranspose
    {
        internal ConvTranspose1d(ConvolutionShape shape, long outputPadding)
            : base(nameof(ConvTranspose1d), shape, outputPadding)
        {
        }

        public override torch.Tensor forward(torch.Tensor input) =>
            torch.nn.functional.conv_transpose1d(input, weight, bias, Shape.Stride[0], Shape.Padding[0], OutputPadding[0], Shape.Dilation[0], Shape.Groups);
    }

    public sealed class ConvTranspose2d : ConvolutionTranspose
    {
        internal ConvTranspose2d(ConvolutionShape shape, long outputPadding)
            : base(nameof(ConvTranspose2d), shape, outputPadding)
        {
        }

        public override torch.Tensor forward(torch.Tensor input) =>
            torch.nn.functional.conv_transpose2d(input, weight, bias, Shape.Stride, Shape.Padding, OutputPadding, Shape.Dilation, Shape.Groups);
    }

    public sealed class ConvTranspose3d : ConvolutionTranspose
    {
        internal ConvTranspose3d(ConvolutionShape shape, long outputPadding)
            : base(nameof(ConvTranspose3d), shape, outputPadding)
        {
        }

        public override torch.Tensor forward(torch.Tensor input) =>
            torch.nn.functional.conv_transpose3d(input, weight, bias, Shape.Stride, Shape.Padding, OutputPadding, Shape.Dilation, Shape.Groups);
    }
}

namespace ConvLstm.Nowcast.Torch
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Modules.ConvTranspose1d ConvTranspose1d(
                long in_channels, long out_channels, long kernel_size, long stride = 1, long padding = 0, long output_padding = 0, long dilation = 1,
                PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true) =>
                new(Modules.ConvolutionShape.Even(1, in_channels, out_channels, kernel_size, stride, padding, dilation, padding_mode, groups, bias), output_padding);

            public static Modules.ConvTranspose2d ConvTranspose2d(
                long in_channels, long out_channels, long kernel_size, long stride = 1, long padding = 0, long output_padding = 0, long dilation = 1,
                PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true) =>
                new(Modules.ConvolutionShape.Even(2, in_channels, out_channels, kernel_size, stride, padding, dilation, padding_mode, groups, bias), output_padding);

            public static Modules.ConvTranspose3d ConvTranspose3d(
                long in_channels, long out_channels, long kernel_size, long stride = 1, long padding = 0, long output_padding = 0, long dilation = 1,
                PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true) =>
                new(Modules.ConvolutionShape.Even(3, in_channels, out_channels, kernel_size, stride, padding, dilation, padding_mode, groups, bias), output_padding);
        }
    }
}
