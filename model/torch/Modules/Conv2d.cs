namespace ConvLstm.Nowcast.Torch.Modules
{
    /// <summary>(N, C, H, W) → (N, out, H', W').</summary>
    public sealed class Conv2d : Convolution
    {
        private readonly ConvolutionShape shape;

        internal Conv2d(ConvolutionShape shape)
            : base(nameof(Conv2d), shape.Weight, shape.Out, shape.Bias) => this.shape = shape;

        public override torch.Tensor forward(torch.Tensor input)
        {
            var (padded, padding) = shape.Padded(input);
            return torch.nn.functional.conv2d(padded, weight, bias, shape.Stride, padding, shape.Dilation, shape.Groups);
        }
    }
}

namespace ConvLstm.Nowcast.Torch
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Modules.Conv2d Conv2d(
                long in_channels, long out_channels, long kernel_size, long stride = 1, long padding = 0, long dilation = 1,
                PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true) =>
                new(Modules.ConvolutionShape.Even(2, in_channels, out_channels, kernel_size, stride, padding, dilation, padding_mode, groups, bias));

            public static Modules.Conv2d Conv2d(
                long in_channels, long out_channels, (long, long) kernel_size, (long, long)? stride = null, (long, long)? padding = null, (long, long)? dilation = null,
                PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true) =>
                new(new(in_channels, out_channels, Pair(kernel_size), Pair(stride ?? (1, 1)), Pair(padding ?? (0, 0)), Pair(dilation ?? (1, 1)), padding_mode, groups, bias));

            public static Modules.Conv2d Conv2d(
                long in_channels, long out_channels, long kernel_size, Padding padding, long stride = 1, long dilation = 1,
                PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true) =>
                new(Modules.ConvolutionShape.Even(2, in_channels, out_channels, kernel_size, stride, 0, dilation, padding_mode, groups, bias).With(padding));

            private static long[] Pair((long, long) values) => [values.Item1, values.Item2];
        }
    }
}
