namespace ConvLstm.Nowcast.Torch.Modules
{
    /// <summary>Sets elements to zero at random in training (Srivastava et al. 2014).</summary>
    public sealed class Dropout(double p) : torch.nn.Module<torch.Tensor, torch.Tensor>(nameof(Dropout))
    {
        public override torch.Tensor forward(torch.Tensor input) => torch.nn.functional.dropout(input, p, training);
    }

    /// <summary>Sets whole channels of (N, C, H, W) to zero at random in training (Tompson et al. 2015).</summary>
    public sealed class Dropout2d(double p) : torch.nn.Module<torch.Tensor, torch.Tensor>(nameof(Dropout2d))
    {
        public override torch.Tensor forward(torch.Tensor input) => torch.nn.functional.dropout2d(input, p, training);
    }

    /// <summary>Sets whole channels of (N, C, D, H, W) to zero at random in training.</summary>
    public sealed class Dropout3d(double p) : torch.nn.Module<torch.Tensor, torch.Tensor>(nameof(Dropout3d))
    {
        public override torch.Tensor forward(torch.Tensor input) => torch.nn.functional.dropout3d(input, p, training);
    }
}

namespace ConvLstm.Nowcast.Torch
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Modules.Dropout Dropout(double p = 0.5) => new(p);

            public static Modules.Dropout2d Dropout2d(double p = 0.5) => new(p);

            public static Modules.Dropout3d Dropout3d(double p = 0.5) => new(p);
        }
    }
}
