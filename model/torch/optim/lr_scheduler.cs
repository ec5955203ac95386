namespace ConvLstm.Nowcast.Torch;

public static partial class torch
{
    public static partial class optim
    {
        public static partial class lr_scheduler
        {
            /// <summary>Where TorchSharp keeps the classes behind the methods.</summary>
            public static class impl
            {
                public static class OneCycleLR
                {
                    /// <summary>How a rate goes from one value to the next.</summary>
                    public enum AnnealStrategy
                    {
                        Cos, Linear,
                    }
                }
            }

            /// <summary>Times <paramref name="gamma"/> every so many epochs.</summary>
            public static LRScheduler StepLR(Optimizer optimizer, int step_size, double gamma = 0.1) =>
                new Schedule(optimizer, (epoch, first) => first * Math.Pow(gamma, epoch / step_size));

            /// <summary>Times <paramref name="gamma"/> at each milestone.</summary>
            public static LRScheduler MultiStepLR(Optimizer optimizer, IList<int> milestones, double gamma = 0.1) =>
                new Schedule(optimizer, (epoch, first) => first * Math.Pow(gamma, milestones.Count(m => m <= epoch)));

            public static LRScheduler ExponentialLR(Optimizer optimizer, double gamma = 0.1) =>
                new Schedule(optimizer, (epoch, first) => first * Math.Pow(gamma, epoch));

            /// <summary>The first rate times a function of the epoch.</summary>
            public static LRScheduler LambdaLR(Optimizer optimizer, Func<int, double> lr_lambda) =>
                new Schedule(optimizer, (epoch, first) => first * lr_lambda(epoch));

            /// <summary>A part of the rate for so many epochs, then the whole.</summary>
            public static LRScheduler ConstantLR(Optimizer optimizer, double factor = 1.0 / 3, int total_iters = 5) =>
                new Schedule(optimizer, (epoch, first) => epoch < total_iters ? first * factor : first);

            /// <summary>From one part of the rate to another in a straight line: a warm-up.</summary>
            public static LRScheduler LinearLR(Optimizer optimizer, double start_factor = 1.0 / 3, double end_factor = 1.0, int total_iters = 5) =>
                new Schedule(optimizer, (epoch, first) => first * (start_factor + ((end_factor - start_factor) * Math.Min(1, (double)epoch / total_iters))));

            public static LRScheduler PolynomialLR(Optimizer optimizer, int total_iters = 5, double power = 1) =>
                new Schedule(optimizer, (epoch, first) => first * Math.Pow(1 - Math.Min(1, (double)epoch / total_iters), power));

            /// <summary>Along half a cosine (Loshchilov and Hutter 2017, without restarts).</summary>
            public static LRScheduler CosineAnnealingLR(Optimizer optimizer, double T_max, double eta_min = 0) =>
                new Schedule(optimizer, (epoch, first) => Cosine(first, eta_min, epoch / T_max));

            /// <summary>
            /// Up along half a cosine or a line, then down far below where it began (Smith and Topin 2019); momentum, or the first of the betas,
            /// goes the other way.
            /// </summary>
            /// <exception cref="ArgumentException">Neither the total steps nor epochs and their steps are given.</exception>
            public static LRScheduler OneCycleLR(
                Optimizer optimizer, double max_lr, int total_steps = -1, int epochs = -1, int steps_per_epoch = -1, double pct_start = 0.3,
                impl.OneCycleLR.AnnealStrategy anneal_strategy = impl.OneCycleLR.AnnealStrategy.Cos, bool cycle_momentum = true, double base_momentum = 0.85,
                double max_momentum = 0.95, double div_factor = 25, double final_div_factor = 1e4)
            {
                var steps = total_steps > 0 ? total_steps : epochs * steps_per_epoch;
                if (steps <= 1 || (total_steps <= 0 && (epochs <= 0 || steps_per_epoch <= 0)))
                    throw new ArgumentException("Give the total steps, or epochs and steps an epoch.", nameof(total_steps));
                var (start, rise) = (max_lr / div_factor, (pct_start * steps) - 1);
                return new Schedule(optimizer, (step, _) =>
                {
                    if (step > steps)
                        throw new InvalidOperationException($"Step {step} of a cycle of {steps}.");
                    if (cycle_momentum)
                        SetMomentum(optimizer, Between(step, max_momentum, base_momentum, max_momentum));
                    return Between(step, start, max_lr, start / final_div_factor);
                });

                double Between(int step, double first, double middle, double last) => step <= rise
                    ? Anneal(first, middle, step / rise)
                    : Anneal(middle, last, (step - rise) / (steps - 1 - rise));

                double Anneal(double from, double to, double part) =>
                    anneal_strategy == impl.OneCycleLR.AnnealStrategy.Cos ? Cosine(from, to, part) : from + ((to - from) * part);
            }

            private static void SetMomentum(Optimizer optimizer, double momentum)
            {
                if (optimizer is IMomentum moving)
                    moving.Momentum = momentum;
                else if (optimizer is IBetas betas)
                    betas.Betas = (momentum, betas.Betas.Item2);
            }

            /// <summary>One schedule after the other; each counts its epochs from its milestone.</summary>
            public static LRScheduler SequentialLR(Optimizer optimizer, IEnumerable<LRScheduler> schedulers, IEnumerable<int> milestones) =>
                new Sequence(optimizer, [.. schedulers], [.. milestones]);

            /// <summary>Down when a measure has not become better for a while.</summary>
            public static LRScheduler ReduceLROnPlateau(
                Optimizer optimizer, string mode = "min", double factor = 0.1, int patience = 10, double threshold = 1e-4, string threshold_mode = "rel",
                int cooldown = 0, IList<double>? min_lr = null, double eps = 1e-8) =>
                new Plateau(optimizer, mode, factor, patience, threshold, threshold_mode, cooldown, min_lr?[0] ?? 0, eps);

            private static double Cosine(double from, double to, double part) => to + ((from - to) * (1 + Math.Cos(Math.PI * part)) / 2);

            private sealed class Sequence : LRScheduler
            {
                private readonly List<LRScheduler> schedulers;
                private readonly List<int> milestones;
                private int epoch;

                internal Sequence(Optimizer optimizer, List<LRScheduler> schedulers, List<int> milestones)
                    : base(optimizer)
                {
                    if (milestones.Count != schedulers.Count - 1)
                        throw new ArgumentException($"{schedulers.Count} schedules need {schedulers.Count - 1} milestones between them.", nameof(milestones));
                    (this.schedulers, this.milestones) = (schedulers, milestones);
                    Set(0);
                }

                public override void step() => Set(++epoch);

                internal override void Set(int epoch)
                {
                    var passed = milestones.Count(m => m <= epoch);
                    schedulers[passed].Set(passed == 0 ? epoch : epoch - milestones[passed - 1]);
                }
            }

            private sealed class Plateau(
                Optimizer optimizer, string mode, double factor, int patience, double threshold, string thresholdMode, int cooldown, double lowest, double eps)
                : LRScheduler(optimizer)
            {
                private double best = mode == "min" ? double.PositiveInfinity : double.NegativeInfinity;
                private int bad, cooling;

                public override void step() => throw new InvalidOperationException("This schedule follows a measure: call step(value).");

                public override void step(double current, int? epoch = null)
                {
                    if (IsBetter(current))
                        (best, bad) = (current, 0);
                    else
                        bad++;
                    if (cooling > 0)
                        (cooling, bad) = (cooling - 1, 0);
                    if (bad <= patience)
                        return;
                    foreach (var group in Groups)
                    {
                        var lower = Math.Max(group.LearningRate * factor, lowest);
                        if (group.LearningRate - lower > eps)
                            group.LearningRate = lower;
                    }
                    (cooling, bad) = (cooldown, 0);
                }

                internal override void Set(int epoch)
                {
                }

                private bool IsBetter(double value)
                {
                    var margin = thresholdMode == "rel" ? Math.Abs(best) * threshold : threshold;
                    if (double.IsInfinity(best))
                        return true;
                    return mode == "min" ? value < best - margin : value > best + margin;
                }
            }
        }
    }
}
