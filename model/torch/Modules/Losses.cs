namespace ConvLstm.Nowcast.Torch.Modules
{
    /// <summary>(input, target) → the loss.</summary>
    public abstract class Loss(string name, torch.nn.Reduction reduction) : torch.nn.Module<torch.Tensor, torch.Tensor, torch.Tensor>(name)
    {
        public torch.nn.Reduction reduction { get; } = reduction;
    }

    public sealed class MSELoss(torch.nn.Reduction reduction) : Loss(nameof(MSELoss), reduction)
    {
        public override torch.Tensor forward(torch.Tensor input, torch.Tensor target) => torch.nn.functional.mse_loss(input, target, reduction);
    }

    public sealed class L1Loss(torch.nn.Reduction reduction) : Loss(nameof(L1Loss), reduction)
    {
        public override torch.Tensor forward(torch.Tensor input, torch.Tensor target) => torch.nn.functional.l1_loss(input, target, reduction);
    }

    public sealed class SmoothL1Loss(torch.nn.Reduction reduction, double beta) : Loss(nameof(SmoothL1Loss), reduction)
    {
        public override torch.Tensor forward(torch.Tensor input, torch.Tensor target) => torch.nn.functional.smooth_l1_loss(input, target, reduction, beta);
    }

    public sealed class HuberLoss(double delta, torch.nn.Reduction reduction) : Loss(nameof(HuberLoss), reduction)
    {
        public override torch.Tensor forward(torch.Tensor input, torch.Tensor target) => torch.nn.functional.huber_loss(input, target, delta, reduction);
    }

    public sealed class BCELoss(torch.Tensor? weight, torch.nn.Reduction reduction) : Loss(nameof(BCELoss), reduction)
    {
        public override torch.Tensor forward(torch.Tensor input, torch.Tensor target) => torch.nn.functional.binary_cross_entropy(input, target, weight, reduction);
    }

    public sealed class BCEWithLogitsLoss(torch.Tensor? weight, torch.nn.Reduction reduction, torch.Tensor? posWeights) : Loss(nameof(BCEWithLogitsLoss), reduction)
    {
        public override torch.Tensor forward(torch.Tensor input, torch.Tensor target) =>
            torch.nn.functional.binary_cross_entropy_with_logits(input, target, weight, reduction, posWeights);
    }

    public sealed class CrossEntropyLoss(torch.Tensor? weight, long ignoreIndex, torch.nn.Reduction reduction) : Loss(nameof(CrossEntropyLoss), reduction)
    {
        public override torch.Tensor forward(torch.Tensor input, torch.Tensor target) =>
            torch.nn.functional.cross_entropy(input, target, weight, ignoreIndex, reduction);
    }
}

namespace ConvLstm.Nowcast.Torch
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Modules.MSELoss MSELoss(Reduction reduction = Reduction.Mean) => new(reduction);

            public static Modules.L1Loss L1Loss(Reduction reduction = Reduction.Mean) => new(reduction);

            public static Modules.SmoothL1Loss SmoothL1Loss(Reduction reduction = Reduction.Mean, double beta = 1.0) => new(reduction, beta);

            public static Modules.HuberLoss HuberLoss(double delta = 1.0, Reduction reduction = Reduction.Mean) => new(delta, reduction);

            public static Modules.BCELoss BCELoss(Tensor? weight = null, Reduction reduction = Reduction.Mean) => new(weight, reduction);

            public static Modules.BCEWithLogitsLoss BCEWithLogitsLoss(Tensor? weight = null, Reduction reduction = Reduction.Mean, Tensor? pos_weights = null) =>
                new(weight, reduction, pos_weights);

            public static Modules.CrossEntropyLoss CrossEntropyLoss(Tensor? weight = null, long? ignore_index = null, Reduction reduction = Reduction.Mean) =>
                new(weight, ignore_index ?? -100, reduction);
        }
    }
}
