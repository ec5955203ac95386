namespace ConvLstm.Nowcast.Torch.Modules
{
    /// <summary>Normalises each channel over batch and pixels (Ioffe and Szegedy 2015); in evaluation by the running statistics.</summary>
    public abstract class BatchNorm : torch.nn.Module<torch.Tensor, torch.Tensor>
    {
        private readonly double eps, momentum;
        private readonly int fewestDimensions, mostDimensions;

        private protected BatchNorm(string name, int fewestDimensions, int mostDimensions, long features, double eps, double momentum, bool affine, bool track)
            : base(name)
        {
            (this.fewestDimensions, this.mostDimensions, this.eps, this.momentum) = (fewestDimensions, mostDimensions, eps, momentum);
            if (affine)
            {
                weight = torch.nn.Parameter(torch.ones([features]));
                bias = torch.nn.Parameter(torch.zeros([features]));
                register_parameter(nameof(weight), weight);
                register_parameter(nameof(bias), bias);
            }
            if (!track)
                return;
            running_mean = torch.zeros([features]);
            running_var = torch.ones([features]);
            num_batches_tracked = torch.zeros([], torch.int64);
            register_buffer(nameof(running_mean), running_mean);
            register_buffer(nameof(running_var), running_var);
            register_buffer(nameof(num_batches_tracked), num_batches_tracked);
        }

        public Parameter? weight { get; }

        public Parameter? bias { get; }

        public torch.Tensor? running_mean { get; }

        public torch.Tensor? running_var { get; }

        public torch.Tensor? num_batches_tracked { get; }

        public override torch.Tensor forward(torch.Tensor input)
        {
            ArgumentNullException.ThrowIfNull(input);
            if (input.ndim < fewestDimensions || input.ndim > mostDimensions)
                throw new ArgumentException($"{GetName()} takes {fewestDimensions} to {mostDimensions} dimensions, not {input.ndim}.", nameof(input));
            if (training && num_batches_tracked is not null)
                num_batches_tracked.add_(1);
            return torch.nn.functional.batch_norm(input, running_mean, running_var, weight, bias, training || running_mean is null, momentum, eps);
        }
    }

    public sealed class BatchNorm1d(long features, double eps, double momentum, bool affine, bool track)
        : BatchNorm(nameof(BatchNorm1d), 2, 3, features, eps, momentum, affine, track);

    public sealed class BatchNorm2d(long features, double eps, double momentum, bool affine, bool track)
        : BatchNorm(nameof(BatchNorm2d), 4, 4, features, eps, momentum, affine, track);

    public sealed class BatchNorm3d(long features, double eps, double momentum, bool affine, bool track)
        : BatchNorm(nameof(BatchNorm3d), 5, 5, features, eps, momentum, affine, track);
}

namespace ConvLstm.Nowcast.Torch
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Modules.BatchNorm1d BatchNorm1d(
                long num_features, double eps = 1e-05, double momentum = 0.1, bool affine = true, bool track_running_stats = true) =>
                new(num_features, eps, momentum, affine, track_running_stats);

            public static Modules.BatchNorm2d BatchNorm2d(
                long num_features, double eps = 1e-05, double momentum = 0.1, bool affine = true, bool track_running_stats = true) =>
                new(num_features, eps, momentum, affine, track_running_stats);

            public static Modules.BatchNorm3d BatchNorm3d(
                long num_features, double eps = 1e-05, double momentum = 0.1, bool affine = true, bool track_running_stats = true) =>
                new(num_features, eps, momentum, affine, track_running_stats);
        }
    }
}
