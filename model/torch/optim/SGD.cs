using ConvLstm.Nowcast.Torch.Modules;

namespace ConvLstm.Nowcast.Torch.Modules
{
    /// <summary>Stochastic gradient descent, with momentum where asked (Sutskever et al. 2013 for Nesterov's).</summary>
    public sealed class SGD : torch.optim.Optimizer, torch.optim.IMomentum
    {
        private readonly double dampening, weightDecay;
        private readonly bool nesterov;
        private readonly torch.Tensor[]? velocity;
        private readonly HashSet<int> moving = [];

        internal SGD(IEnumerable<Parameter> parameters, double learningRate, double momentum, double dampening, double weightDecay, bool nesterov, bool maximize)
            : base(parameters, learningRate, maximize)
        {
            (Momentum, this.dampening, this.weightDecay, this.nesterov) = (momentum, dampening, weightDecay, nesterov);
            velocity = momentum == 0 ? null : StateForEach();
        }

        public double Momentum { get; set; }

        private protected override void Update(int index, Parameter parameter, torch.Tensor gradient)
        {
            if (weightDecay != 0)
                gradient = gradient.add(parameter, weightDecay);
            if (velocity is not null)
            {
                // The first velocity is the gradient itself, undamped.
                velocity[index].mul_(Momentum).add_(gradient, moving.Add(index) ? 1 : 1 - dampening);
                gradient = nesterov ? gradient.add(velocity[index], Momentum) : velocity[index];
            }
            parameter.add_(gradient, -LearningRate);
        }
    }
}

namespace ConvLstm.Nowcast.Torch
{
    public static partial class torch
    {
        public static partial class optim
        {
            public static SGD SGD(
                IEnumerable<Parameter> parameters, double learningRate, double momentum = 0, double dampening = 0, double weight_decay = 0, bool nesterov = false,
                bool maximize = false) =>
                new(parameters, learningRate, momentum, dampening, weight_decay, nesterov, maximize);
        }
    }
}
