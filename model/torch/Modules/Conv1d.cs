namespace ConvLstm.Nowcast.Torch.Modules
{
    /// <summary>(N, C, L) → (N, out, L').</summary>
    public sealed class Conv1d : Convolution
    {
        private readonly ConvolutionShape shape;

        internal Conv1d(ConvolutionShape shape)
            : base(nameof(Conv1d), shape.Weight, shape.Out, shape.Bias) => this.shape = shape;

        public override torch.Tensor forward(torch.Tensor input)
        {
            var (padded, padding) = shape.Padded(input);
            return torch.nn.functional.conv1d(padded, weight, bias, shape.Stride[0], padding[0], shape.Dilation[0], shape.Groups);
        }
    }
}

namespace ConvLstm.Nowcast.Torch
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Modules.Conv1d Conv1d(
                long in_channels, long out_channels, long kernel_size, long stride = 1, long padding = 0, long dilation = 1,
                PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true) =>
                new(Modules.ConvolutionShape.Even(1, in_channels, out_channels, kernel_size, stride, padding, dilation, padding_mode, groups, bias));

            public static Modules.Conv1d Conv1d(
                long in_channels, long out_channels, long kernel_size, Padding padding, long stride = 1, long dilation = 1,
                PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true) =>
                new(Modules.ConvolutionShape.Even(1, in_channels, out_channels, kernel_size, stride, 0, dilation, padding_mode, groups, bias).With(padding));
        }
    }
}
