using ConvLstm.Nowcast.Torch.Modules;

namespace ConvLstm.Nowcast.Torch;

public static partial class torch
{
    /// <summary>Optimisers: what turns gradients into steps.</summary>
    public static partial class optim
    {
        /// <summary>A learning rate that a schedule can change.</summary>
        public interface ILearningRateController
        {
            double LearningRate { get; set; }

            double InitialLearningRate { get; set; }
        }

        /// <summary>A momentum that can be changed.</summary>
        public interface IMomentum
        {
            double Momentum { get; set; }
        }

        /// <summary>Decay rates of moments that can be changed.</summary>
        public interface IBetas
        {
            (double, double) Betas { get; set; }
        }

        /// <summary>The parameters and the state that belongs to them.</summary>
        public abstract class Optimizer : IDisposable, ILearningRateController
        {
            private readonly List<Parameter> all;
            private readonly List<Tensor> state = [];

            private readonly bool maximize;

            private protected Optimizer(IEnumerable<Parameter> parameters, double learningRate, bool maximize = false)
            {
                this.maximize = maximize;
                all = parameters.ToList();
                LearningRate = InitialLearningRate = learningRate;
            }

            internal double LearningRate { get; set; }

            internal double InitialLearningRate { get; set; }

            // As in TorchSharp, where the rate belongs to a group of parameters and not to the optimiser.
            double ILearningRateController.LearningRate
            {
                get => LearningRate;
                set => LearningRate = value;
            }

            double ILearningRateController.InitialLearningRate
            {
                get => InitialLearningRate;
                set => InitialLearningRate = value;
            }

            public IEnumerable<ILearningRateController> ParamGroups => [this];

            public IEnumerable<Parameter> parameters() => all;

            public virtual void zero_grad()
            {
                foreach (var parameter in all)
                    parameter.grad = null;
            }

            /// <summary>Makes one step along the gradients that are there.</summary>
            public void step()
            {
                using var scope = NewDisposeScope();
                using var gradients = no_grad();
                Begin();
                for (var i = 0; i < all.Count; i++)
                {
                    if (all[i].grad is Tensor gradient)
                        Update(i, all[i], maximize ? gradient.neg() : gradient);
                }
            }

            public void Dispose()
            {
                Dispose(true);
                GC.SuppressFinalize(this);
            }

            /// <summary>One tensor of zeros for each parameter, kept between steps.</summary>
            private protected Tensor[] StateForEach() => all.ConvertAll(p =>
            {
                var zeros = zeros_like(p).DetachFromDisposeScope();
                state.Add(zeros);
                return zeros;
            }).ToArray();

            /// <summary>Called once at the start of each step.</summary>
            private protected virtual void Begin()
            {
            }

            private protected abstract void Update(int index, Parameter parameter, Tensor gradient);

            protected virtual void Dispose(bool disposing)
            {
                if (disposing)
                    state.ForEach(s => s.Dispose());
            }
        }
    }
}
