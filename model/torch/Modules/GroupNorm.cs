namespace ConvLstm.Nowcast.Torch.Modules
{
    /// <summary>Normalises groups of channels (Wu and He 2018).</summary>
    public sealed class GroupNorm : torch.nn.Module<torch.Tensor, torch.Tensor>
    {
        private readonly long groups;
        private readonly double eps;

        internal GroupNorm(long groups, long channels, double eps, bool affine)
            : base(nameof(GroupNorm))
        {
            this.groups = groups;
            this.eps = eps;
            if (!affine)
                return;
            weight = torch.nn.Parameter(torch.ones([channels]));
            bias = torch.nn.Parameter(torch.zeros([channels]));
            register_parameter(nameof(weight), weight);
            register_parameter(nameof(bias), bias);
        }

        public Parameter? weight { get; }

        public Parameter? bias { get; }

        public override torch.Tensor forward(torch.Tensor input) => torch.nn.functional.group_norm(input, groups, weight, bias, eps);
    }
}

namespace ConvLstm.Nowcast.Torch
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Modules.GroupNorm GroupNorm(long num_groups, long num_channels, double eps = 1e-05, bool affine = true) =>
                new(num_groups, num_channels, eps, affine);
        }
    }
}
