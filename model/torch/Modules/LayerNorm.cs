namespace ConvLstm.Nowcast.Torch.Modules
{
    /// <summary>Normalises the last dimensions of each sample (Ba, Kiros and Hinton 2016).</summary>
    public sealed class LayerNorm : torch.nn.Module<torch.Tensor, torch.Tensor>
    {
        private readonly long[] shape;
        private readonly double eps;

        internal LayerNorm(long[] shape, double eps, bool affine, bool bias)
            : base(nameof(LayerNorm))
        {
            this.shape = shape;
            this.eps = eps;
            if (!affine)
                return;
            weight = torch.nn.Parameter(torch.ones(shape));
            register_parameter(nameof(weight), weight);
            if (!bias)
                return;
            this.bias = torch.nn.Parameter(torch.zeros(shape));
            register_parameter(nameof(bias), this.bias);
        }

        public Parameter? weight { get; }

        public Parameter? bias { get; }

        public override torch.Tensor forward(torch.Tensor input) => torch.nn.functional.layer_norm(input, shape, weight, bias, eps);
    }
}

namespace ConvLstm.Nowcast.Torch
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Modules.LayerNorm LayerNorm(long[] normalized_shape, double eps = 1e-05, bool elementwise_affine = true, bool bias = true) =>
                new(normalized_shape, eps, elementwise_affine, bias);

            public static Modules.LayerNorm LayerNorm(long normalized_shape, double eps = 1e-05, bool elementwise_affine = true, bool bias = true) =>
                new([normalized_shape], eps, elementwise_affine, bias);
        }
    }
}
