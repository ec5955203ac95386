using ConvLstm.Nowcast.Torch.Modules;

namespace ConvLstm.Nowcast.Torch.Modules
{
    /// <summary>Tieleman and Hinton 2012, lecture 6.5; centred as in Graves 2013.</summary>
    public sealed class RMSProp : torch.optim.Optimizer, torch.optim.IMomentum
    {
        private readonly double alpha, eps, weightDecay;
        private readonly torch.Tensor[] square;
        private readonly torch.Tensor[]? mean, velocity;

        internal RMSProp(IEnumerable<Parameter> parameters, double lr, double alpha, double eps, double weightDecay, double momentum, bool centered, bool maximize)
            : base(parameters, lr, maximize)
        {
            (this.alpha, this.eps, this.weightDecay, Momentum) = (alpha, eps, weightDecay, momentum);
            square = StateForEach();
            mean = centered ? StateForEach() : null;
            velocity = momentum == 0 ? null : StateForEach();
        }

        public double Momentum { get; set; }

        private protected override void Update(int index, Parameter parameter, torch.Tensor gradient)
        {
            if (weightDecay != 0)
                gradient = gradient.add(parameter, weightDecay);
            square[index].mul_(alpha).addcmul_(gradient, gradient, 1 - alpha);
            mean?[index].lerp_(gradient, 1 - alpha);
            var variance = mean is null ? square[index] : square[index].addcmul(mean[index], mean[index], -1);
            var scale = variance.sqrt().add_(eps);
            if (velocity is null)
                parameter.addcdiv_(gradient, scale, -LearningRate);
            else
                parameter.add_(velocity[index].mul_(Momentum).addcdiv_(gradient, scale, 1), -LearningRate);
        }
    }
}

namespace ConvLstm.Nowcast.Torch
{
    public static partial class torch
    {
        public static partial class optim
        {
            public static RMSProp RMSProp(
                IEnumerable<Parameter> parameters, double lr = 0.01, double alpha = 0.99, double eps = 1e-8, double weight_decay = 0, double momentum = 0, bool centered = false,
                bool maximize = false) =>
                new(parameters, lr, alpha, eps, weight_decay, momentum, centered, maximize);
        }
    }
}
