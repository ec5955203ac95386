using ConvLstm.Nowcast.Torch.Modules;

namespace ConvLstm.Nowcast.Torch.Modules
{
    /// <summary>Adam by the infinity norm (Kingma and Ba 2015, section 7.1).</summary>
    public sealed class Adamax : torch.optim.Optimizer, torch.optim.IBetas
    {
        private readonly double eps, weightDecay;
        private readonly torch.Tensor[] first, largest;
        private int steps;

        internal Adamax(IEnumerable<Parameter> parameters, double lr, double beta1, double beta2, double eps, double weightDecay)
            : base(parameters, lr)
        {
            (Betas, this.eps, this.weightDecay) = ((beta1, beta2), eps, weightDecay);
            first = StateForEach();
            largest = StateForEach();
        }

        public (double, double) Betas { get; set; }

        private protected override void Begin() => steps++;

        private protected override void Update(int index, Parameter parameter, torch.Tensor gradient)
        {
            if (weightDecay != 0)
                gradient = gradient.add(parameter, weightDecay);
            var (beta1, beta2) = Betas;
            first[index].lerp_(gradient, 1 - beta1);
            largest[index].copy_(largest[index].mul(beta2).maximum(gradient.abs().add_(eps)));
            parameter.addcdiv_(first[index], largest[index], -LearningRate / (1 - Math.Pow(beta1, steps)));
        }
    }
}

namespace ConvLstm.Nowcast.Torch
{
    public static partial class torch
    {
        public static partial class optim
        {
            public static Adamax Adamax(
                IEnumerable<Parameter> parameters, double lr = 0.002, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weight_decay = 0) =>
                new(parameters, lr, beta1, beta2, eps, weight_decay);
        }
    }
}
