using ConvLstm.Nowcast.Torch.Modules;

namespace ConvLstm.Nowcast.Torch.Modules
{
    /// <summary>Adam whose variance is rectified while few steps have been made (Liu et al. 2020, algorithm 2).</summary>
    public sealed class RAdam : torch.optim.Optimizer, torch.optim.IBetas
    {
        /// <summary>Below this length of the moving average its variance cannot be estimated.</summary>
        private const double ShortestAverage = 5;

        private readonly double eps, weightDecay;
        private readonly torch.Tensor[] first, second;
        private int steps;

        internal RAdam(IEnumerable<Parameter> parameters, double lr, double beta1, double beta2, double eps, double weightDecay)
            : base(parameters, lr)
        {
            (Betas, this.eps, this.weightDecay) = ((beta1, beta2), eps, weightDecay);
            first = StateForEach();
            second = StateForEach();
        }

        public (double, double) Betas { get; set; }

        private protected override void Begin() => steps++;

        private protected override void Update(int index, Parameter parameter, torch.Tensor gradient)
        {
            if (weightDecay != 0)
                gradient = gradient.add(parameter, weightDecay);
            var (beta1, beta2) = Betas;
            var (correction1, correction2) = (1 - Math.Pow(beta1, steps), 1 - Math.Pow(beta2, steps));
            first[index].lerp_(gradient, 1 - beta1);
            second[index].mul_(beta2).addcmul_(gradient, gradient, 1 - beta2);
            var longest = (2 / (1 - beta2)) - 1;
            var length = longest - (2 * steps * Math.Pow(beta2, steps) / correction2);
            if (length <= ShortestAverage)
            {
                parameter.add_(first[index], -LearningRate / correction1);
                return;
            }
            var rectified = Math.Sqrt((length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length));
            parameter.addcdiv_(first[index], second[index].sqrt().add_(eps), -LearningRate / correction1 * rectified * Math.Sqrt(correction2));
        }
    }
}

namespace ConvLstm.Nowcast.Torch
{
    public static partial class torch
    {
        public static partial class optim
        {
            public static RAdam RAdam(
                IEnumerable<Parameter> parameters, double lr = 0.002, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weight_decay = 0) =>
                new(parameters, lr, beta1, beta2, eps, weight_decay);
        }
    }
}
