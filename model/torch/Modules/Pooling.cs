namespace ConvLstm.Nowcast.Torch.Modules
{
    public sealed class MaxPool1d(long kernel, long? stride, long? padding) : torch.nn.Module<torch.Tensor, torch.Tensor>(nameof(MaxPool1d))
    {
        public override torch.Tensor forward(torch.Tensor input) => torch.nn.functional.max_pool1d(input, kernel, stride, padding);
    }

    public sealed class MaxPool2d(long[] kernel, long[]? stride, long[]? padding) : torch.nn.Module<torch.Tensor, torch.Tensor>(nameof(MaxPool2d))
    {
        public override torch.Tensor forward(torch.Tensor input) => torch.nn.functional.max_pool2d(input, kernel, stride, padding);
    }

    public sealed class MaxPool3d(long[] kernel, long[]? stride, long[]? padding) : torch.nn.Module<torch.Tensor, torch.Tensor>(nameof(MaxPool3d))
    {
        public override torch.Tensor forward(torch.Tensor input) => torch.nn.functional.max_pool3d(input, kernel, stride, padding);
    }

    public sealed class AvgPool2d(long[] kernel, long[]? stride, long[]? padding) : torch.nn.Module<torch.Tensor, torch.Tensor>(nameof(AvgPool2d))
    {
        public override torch.Tensor forward(torch.Tensor input) => torch.nn.functional.avg_pool2d(input, kernel, stride, padding);
    }

    public sealed class AvgPool3d(long[] kernel, long[]? stride, long[]? padding) : torch.nn.Module<torch.Tensor, torch.Tensor>(nameof(AvgPool3d))
    {
        public override torch.Tensor forward(torch.Tensor input) => torch.nn.functional.avg_pool3d(input, kernel, stride, padding);
    }

    public sealed class AdaptiveAvgPool2d(long[] size) : torch.nn.Module<torch.Tensor, torch.Tensor>(nameof(AdaptiveAvgPool2d))
    {
        public override torch.Tensor forward(torch.Tensor input) => torch.nn.functional.adaptive_avg_pool2d(input, size);
    }
}

namespace ConvLstm.Nowcast.Torch
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Modules.MaxPool1d MaxPool1d(long kernel_size, long? stride = null, long? padding = null) => new(kernel_size, stride, padding);

            public static Modules.MaxPool2d MaxPool2d(long kernel_size, long? stride = null, long? padding = null) =>
                new([kernel_size, kernel_size], Both(stride, 2), Both(padding, 2));

            public static Modules.MaxPool2d MaxPool2d(long[] kernel_size, long[]? stride = null, long[]? padding = null) => new(kernel_size, stride, padding);

            public static Modules.MaxPool3d MaxPool3d(long kernel_size, long? stride = null, long? padding = null) =>
                new([kernel_size, kernel_size, kernel_size], Both(stride, 3), Both(padding, 3));

            public static Modules.MaxPool3d MaxPool3d(long[] kernel_size, long[]? stride = null, long[]? padding = null) => new(kernel_size, stride, padding);

            public static Modules.AvgPool2d AvgPool2d(long[] kernel_size, long[]? stride = null, long[]? padding = null) => new(kernel_size, stride, padding);

            public static Modules.AvgPool2d AvgPool2d(long kernel_size, long? stride = null, long? padding = null) =>
                new([kernel_size, kernel_size], Both(stride, 2), Both(padding, 2));

            public static Modules.AvgPool3d AvgPool3d(long[] kernel_size, long[]? stride = null, long[]? padding = null) => new(kernel_size, stride, padding);

            public static Modules.AdaptiveAvgPool2d AdaptiveAvgPool2d(long[] output_size) => new(output_size);

            private static long[]? Both(long? value, int dimensions) => value is long v ? [.. Enumerable.Repeat(v, dimensions)] : null;
        }
    }
}
