namespace ConvLstm.Nowcast.Torch
{
    /// <summary>What stands beyond the edge.</summary>
    public enum PaddingModes
    {
        Zeros = 0, Reflect = 1, Replicate = 2, Circular = 3, Constant = 4,
    }

    /// <summary>Padding by its purpose: none, or as much as keeps the size.</summary>
    public enum Padding
    {
        Valid = 0, Same = 1,
    }
}

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

    /// <summary>The numbers of an ordinary convolution, one for each dimension of the image.</summary>
    internal sealed record ConvolutionShape(long In, long Out, long[] Kernel, long[] Stride, long[] Padding, long[] Dilation, PaddingModes Mode, long Groups, bool Bias)
    {
        internal long[] Weight => [Out, In / Groups, .. Kernel];

        internal static ConvolutionShape Even(int dimensions, long input, long output, long kernel, long stride, long padding, long dilation, PaddingModes mode, long groups, bool bias)
        {
            return new(input, output, All(kernel), All(stride), All(padding), All(dilation), mode, groups, bias);

            long[] All(long value) => [.. Enumerable.Repeat(value, dimensions)];
        }

        /// <summary>An odd kernel keeps the size with half of its reach on each side.</summary>
        /// <exception cref="NotSupportedException">The reach cannot be halved.</exception>
        internal ConvolutionShape With(Padding padding) => this with
        {
            Padding = [.. Kernel.Zip(Dilation, (kernel, dilation) => (padding, kernel % 2) switch
            {
                (Torch.Padding.Valid, _) => 0,
                (_, 1) => dilation * (kernel / 2),
                _ => throw new NotSupportedException($"A kernel of {kernel} cannot keep the size with equal padding on both sides: give an odd one."),
            })],
        };

        /// <summary>Beyond the edge stand zeros, put there by the convolution, or what the mode says, put there before it.</summary>
        internal (torch.Tensor Input, long[] Padding) Padded(torch.Tensor input) => Mode is PaddingModes.Zeros or PaddingModes.Constant
            ? (input, Padding)
            : (torch.nn.functional.pad(input, [.. Padding.Reverse().SelectMany(p => new[] { p, p })], Mode), new long[Padding.Length]);
    }
}
