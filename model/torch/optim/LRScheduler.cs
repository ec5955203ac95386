namespace ConvLstm.Nowcast.Torch;

public static partial class torch
{
    public static partial class optim
    {
        /// <summary>Learning rates that follow the epochs.</summary>
        public static partial class lr_scheduler
        {
            /// <summary>Sets the learning rates of an optimiser, at once for epoch 0 and then with each <see cref="step()"/>.</summary>
            public abstract class LRScheduler
            {
                private protected LRScheduler(Optimizer optimizer)
                {
                    ArgumentNullException.ThrowIfNull(optimizer);
                    Groups = [.. optimizer.ParamGroups];
                }

                private protected IReadOnlyList<ILearningRateController> Groups { get; }

                public IEnumerable<double> get_last_lr() => Groups.Select(g => g.LearningRate);

                public virtual void step()
                {
                }

                /// <summary>For schedules that follow a measure, such as the validation loss.</summary>
                public virtual void step(double current, int? epoch = null) => step();

                /// <summary>Sets the rate of an epoch that another scheduler counts.</summary>
                internal abstract void Set(int epoch);
            }

            /// <summary>A schedule that is a function of the epoch and the first rate.</summary>
            private sealed class Schedule : LRScheduler
            {
                private readonly Func<int, double, double> rate;
                private int epoch;

                internal Schedule(Optimizer optimizer, Func<int, double, double> rate)
                    : base(optimizer)
                {
                    this.rate = rate;
                    Set(0);
                }

                public override void step() => Set(++epoch);

                internal override void Set(int epoch)
                {
                    foreach (var group in Groups)
                        group.LearningRate = rate(epoch, group.InitialLearningRate);
                }
            }
        }
    }
}
