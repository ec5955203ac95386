namespace ConvLstm.Nowcast.Torch.Modules
{
    /// <summary>What the convolutions share: a weight, a bias, and PyTorch's initial values for them.</summary>
    public abstract class Convolution : torch.nn.Module<torch.Tensor, torch.Tensor>
    {
        private protected Convolution(string name, long[] weightShape, long biases, bool bias)
            : base(name)
        {
            weight = torch.nn.Parameter(torch.empty(weightShape));
            register_parameter(nameof(weight), weight);
            torch.nn.init.kaiming_uniform_(weight, Math.Sqrt(5));
            if (!bias)
                return;
            var bound = 1 / Math.Sqrt(torch.nn.init.CalculateFanInAndFanOut(weight).fanIn);
            this.bias = torch.nn.Parameter(torch.empty([biases]));
            register_parameter(nameof(bias), this.bias);
            torch.nn.init.uniform_(this.bias, -bound, bound);
        }

        public Parameter weight { get; }

        public Parameter? bias { get; }
    }

    /// <summary>(N, C, H, W) → (N, out, H', W').</summary>
    public sealed class Conv2d : Convolution
    {
        private readonly long[] stride, padding, dilation;
        private readonly long groups;

        internal Conv2d(long inChannels, long outChannels, (long, long) kernel, (long, long) stride, (long, long) padding, (long, long) dilation, long groups, bool bias)
            : base(nameof(Conv2d), [outChannels, inChannels / groups, kernel.Item1, kernel.Item2], outChannels, bias)
        {
            this.stride = [stride.Item1, stride.Item2];
            this.padding = [padding.Item1, padding.Item2];
            this.dilation = [dilation.Item1, dilation.Item2];
            this.groups = groups;
        }

        public override torch.Tensor forward(torch.Tensor input) =>
            torch.nn.functional.conv2d(input, weight, bias, stride, padding, dilation, groups);
    }

    /// <summary>The transpose of a convolution: (N, C, H, W) → (N, out, H·stride …).</summary>
    public sealed class ConvTranspose2d : Convolution
    {
        private readonly long[] stride, padding, outputPadding, dilation;
        private readonly long groups;

        internal ConvTranspose2d(long inChannels, long outChannels, long kernel, long stride, long padding, long outputPadding, long dilation, long groups, bool bias)
            : base(nameof(ConvTranspose2d), [inChannels, outChannels / groups, kernel, kernel], outChannels, bias)
        {
            this.stride = [stride, stride];
            this.padding = [padding, padding];
            this.outputPadding = [outputPadding, outputPadding];
            this.dilation = [dilation, dilation];
            this.groups = groups;
        }

        public override torch.Tensor forward(torch.Tensor input) =>
            torch.nn.functional.conv_transpose2d(input, weight, bias, stride, padding, outputPadding, dilation, groups);
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
                Conv2d(in_channels, out_channels, (kernel_size, kernel_size), (stride, stride), (padding, padding), (dilation, dilation), padding_mode, groups, bias);

            public static Modules.Conv2d Conv2d(
                long in_channels, long out_channels, (long, long) kernel_size, (long, long)? stride = null, (long, long)? padding = null, (long, long)? dilation = null,
                PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true)
            {
                RequireZeros(padding_mode);
                return new(in_channels, out_channels, kernel_size, stride ?? (1, 1), padding ?? (0, 0), dilation ?? (1, 1), groups, bias);
            }

            public static Modules.ConvTranspose2d ConvTranspose2d(
                long in_channels, long out_channels, long kernel_size, long stride = 1, long padding = 0, long output_padding = 0, long dilation = 1,
                PaddingModes padding_mode = PaddingModes.Zeros, long groups = 1, bool bias = true)
            {
                RequireZeros(padding_mode);
                return new(in_channels, out_channels, kernel_size, stride, padding, output_padding, dilation, groups, bias);
            }

            private static void RequireZeros(PaddingModes mode)
            {
                if (mode != PaddingModes.Zeros)
                    throw new NotSupportedException($"Convolutions pad with zeros here; for {mode} call functional.pad first.");
            }
        }
    }

    /// <summary>What stands beyond the edge.</summary>
    public enum PaddingModes
    {
        Zeros = 0, Reflect = 1, Replicate = 2, Circular = 3, Constant = 4,
    }
}
