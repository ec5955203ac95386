namespace ConvLstm.Nowcast.Torch.Modules
{
    public sealed class ReLU() : torch.nn.Module<torch.Tensor, torch.Tensor>(nameof(ReLU))
    {
        public override torch.Tensor forward(torch.Tensor input) => input.relu();
    }

    public sealed class LeakyReLU(double slope) : torch.nn.Module<torch.Tensor, torch.Tensor>(nameof(LeakyReLU))
    {
        public override torch.Tensor forward(torch.Tensor input) => torch.nn.functional.leaky_relu(input, slope);
    }

    public sealed class GELU() : torch.nn.Module<torch.Tensor, torch.Tensor>(nameof(GELU))
    {
        public override torch.Tensor forward(torch.Tensor input) => torch.nn.functional.gelu(input);
    }

    public sealed class SiLU() : torch.nn.Module<torch.Tensor, torch.Tensor>(nameof(SiLU))
    {
        public override torch.Tensor forward(torch.Tensor input) => torch.nn.functional.silu(input);
    }

    public sealed class Sigmoid() : torch.nn.Module<torch.Tensor, torch.Tensor>(nameof(Sigmoid))
    {
        public override torch.Tensor forward(torch.Tensor input) => input.sigmoid();
    }

    public sealed class Tanh() : torch.nn.Module<torch.Tensor, torch.Tensor>(nameof(Tanh))
    {
        public override torch.Tensor forward(torch.Tensor input) => input.tanh();
    }

    public sealed class Softplus(double beta, double threshold) : torch.nn.Module<torch.Tensor, torch.Tensor>(nameof(Softplus))
    {
        public override torch.Tensor forward(torch.Tensor input) => torch.nn.functional.softplus(input, beta, threshold);
    }
}

namespace ConvLstm.Nowcast.Torch
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Modules.ReLU ReLU() => new();

            public static Modules.LeakyReLU LeakyReLU(double negative_slope = 0.01) => new(negative_slope);

            public static Modules.GELU GELU() => new();

            public static Modules.SiLU SiLU() => new();

            public static Modules.Sigmoid Sigmoid() => new();

            public static Modules.Tanh Tanh() => new();

            public static Modules.Softplus Softplus(double beta = 1, double threshold = 20) => new(beta, threshold);
        }
    }
}
