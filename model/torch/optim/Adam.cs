using ConvLstm.Nowcast.Torch.Modules;

namespace ConvLstm.Nowcast.Torch.Modules
{
    /// <summary>Kingma and Ba 2015.</summary>
    public class Adam : torch.optim.Optimizer, torch.optim.IBetas
    {
        private readonly double eps, weightDecay;
        private readonly bool decoupled;
        private readonly torch.Tensor[] first, second;
        private readonly torch.Tensor[]? largest;
        private int steps;

        internal Adam(IEnumerable<Parameter> parameters, double lr, double beta1, double beta2, double eps, double weightDecay, bool amsgrad, bool maximize, bool decoupled = false)
            : base(parameters, lr, maximize)
        {
            (Betas, this.eps, this.weightDecay, this.decoupled) = ((beta1, beta2), eps, weightDecay, decoupled);
            first = StateForEach();
            second = StateForEach();
            largest = amsgrad ? StateForEach() : null;
        }

        public (double, double) Betas { get; set; }

        private protected override void Begin() => steps++;

        private protected override void Update(int index, Parameter parameter, torch.Tensor gradient)
        {
            if (weightDecay != 0 && decoupled)
                parameter.mul_(1 - (LearningRate * weightDecay));
            else if (weightDecay != 0)
                gradient = gradient.add(parameter, weightDecay);
            var (beta1, beta2) = Betas;
            var correction1 = 1 - Math.Pow(beta1, steps);
            var correction2 = 1 - Math.Pow(beta2, steps);
            first[index].lerp_(gradient, 1 - beta1);
            second[index].mul_(beta2).addcmul_(gradient, gradient, 1 - beta2);
            // AMSGrad (Reddi, Kale and Kumar 2018): the scale never falls.
            largest?[index].copy_(largest[index].maximum(second[index]));
            var scale = (largest ?? second)[index].sqrt().div_(Math.Sqrt(correction2)).add_(eps);
            parameter.addcdiv_(first[index], scale, -LearningRate / correction1);
        }
    }

    /// <summary>Adam with decoupled weight decay (Loshchilov and Hutter 2019).</summary>
    public sealed class AdamW : Adam
    {
        internal AdamW(IEnumerable<Parameter> parameters, double lr, double beta1, double beta2, double eps, double weightDecay, bool amsgrad, bool maximize)
            : base(parameters, lr, beta1, beta2, eps, weightDecay, amsgrad, maximize, decoupled: true)
        {
        }
    }
}

namespace ConvLstm.Nowcast.Torch
{
    public static partial class torch
    {
        public static partial class optim
        {
            public static Adam Adam(
                IEnumerable<Parameter> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weight_decay = 0,
                bool amsgrad = false, bool maximize = false) =>
                new(parameters, lr, beta1, beta2, eps, weight_decay, amsgrad, maximize);

            public static AdamW AdamW(
                IEnumerable<Parameter> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weight_decay = 0,
                bool amsgrad = false, bool maximize = false) =>
                new(parameters, lr, beta1, beta2, eps, weight_decay, amsgrad, maximize);
        }
    }
}
