using ConvLstm.Nowcast.Torch.Modules;

namespace ConvLstm.Nowcast.Torch.Modules
{
    /// <summary>Stochastic gradient descent, with momentum where asked.</summary>
    public sealed class SGD : torch.optim.Optimizer
    {
        private readonly double momentum;
        private readonly torch.Tensor[]? velocity;

        internal SGD(IEnumerable<Parameter> parameters, double learningRate, double momentum)
            : base(parameters, learningRate)
        {
            this.momentum = momentum;
            velocity = momentum == 0 ? null : StateForEach();
        }

        private protected override void Update(int index, Parameter parameter, torch.Tensor gradient)
        {
            var direction = velocity is null ? gradient : velocity[index].mul_(momentum).add_(gradient);
            parameter.add_(direction, -LearningRate);
        }
    }
}

namespace ConvLstm.Nowcast.Torch
{
    public static partial class torch
    {
        public static partial class optim
        {
            public static SGD SGD(IEnumerable<Parameter> parameters, double learningRate, double momentum = 0) =>
                new(parameters, learningRate, momentum);
        }
    }
}
