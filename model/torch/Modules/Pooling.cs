using F = ConvLstm.Nowcast.Torch.torch.nn.functional;

namespace ConvLstm.Nowcast.Torch.Modules
{
    public sealed class MaxPool1d(long kernel, long? stride, long? padding, long? dilation, bool ceil) : torch.nn.Module<torch.Tensor, torch.Tensor>(nameof(MaxPool1d))
    {
        public override torch.Tensor forward(torch.Tensor input) => F.max_pool1d(input, kernel, stride, padding, dilation, ceil);
    }

    public sealed class MaxPool2d(long[] kernel, long[]? stride, long[]? padding, long[]? dilation, bool ceil)
        : torch.nn.Module<torch.Tensor, torch.Tensor>(nameof(MaxPool2d))
    {
        public override torch.Tensor forward(torch.Tensor input) => F.max_pool2d(input, kernel, stride, padding, dilation, ceil);
    }

    public sealed class MaxPool3d(long[] kernel, long[]? stride, long[]? padding, long[]? dilation, bool ceil)
        : torch.nn.Module<torch.Tensor, torch.Tensor>(nameof(MaxPool3d))
    {
        public override torch.Tensor forward(torch.Tensor input) => F.max_pool3d(input, kernel, stride, padding, dilation, ceil);
    }

    public sealed class AvgPool1d(long kernel, long? stride, long padding, bool ceil, bool countPadding) : torch.nn.Module<torch.Tensor, torch.Tensor>(nameof(AvgPool1d))
    {
        public override torch.Tensor forward(torch.Tensor input) => F.avg_pool1d(input, kernel, stride, padding, ceil, countPadding);
    }

    public sealed class AvgPool2d(long[] kernel, long[]? stride, long[]? padding, bool ceil, bool countPadding, long? divisor)
        : torch.nn.Module<torch.Tensor, torch.Tensor>(nameof(AvgPool2d))
    {
        public override torch.Tensor forward(torch.Tensor input) => F.avg_pool2d(input, kernel, stride, padding, ceil, countPadding, divisor);
    }

    public sealed class AvgPool3d(long[] kernel, long[]? stride, long[]? padding, bool ceil, bool countPadding, long? divisor)
        : torch.nn.Module<torch.Tensor, torch.Tensor>(nameof(AvgPool3d))
    {
        public override torch.Tensor forward(torch.Tensor input) => F.avg_pool3d(input, kernel, stride, padding, ceil, countPadding, divisor);
    }

    public sealed class AdaptiveAvgPool2d(long[] size) : torch.nn.Module<torch.Tensor, torch.Tensor>(nameof(AdaptiveAvgPool2d))
    {
        public override torch.Tensor forward(torch.Tensor input) => F.adaptive_avg_pool2d(input, size);
    }
}

namespace ConvLstm.Nowcast.Torch
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Modules.MaxPool1d MaxPool1d(long kernel_size, long? stride = null, long? padding = null, long? dilation = null, bool ceil_mode = false) =>
                new(kernel_size, stride, padding, dilation, ceil_mode);

            public static Modules.MaxPool2d MaxPool2d(long kernel_size, long? stride = null, long? padding = null, long? dilation = null, bool ceil_mode = false) =>
                new(Each(kernel_size, 2)!, Each(stride, 2), Each(padding, 2), Each(dilation, 2), ceil_mode);

            public static Modules.MaxPool2d MaxPool2d(long[] kernel_size, long[]? stride = null, long[]? padding = null, long[]? dilation = null, bool ceil_mode = false) =>
                new(kernel_size, stride, padding, dilation, ceil_mode);

            public static Modules.MaxPool3d MaxPool3d(long kernel_size, long? stride = null, long? padding = null, long? dilation = null, bool ceil_mode = false) =>
                new(Each(kernel_size, 3)!, Each(stride, 3), Each(padding, 3), Each(dilation, 3), ceil_mode);

            public static Modules.MaxPool3d MaxPool3d(long[] kernel_size, long[]? stride = null, long[]? padding = null, long[]? dilation = null, bool ceil_mode = false) =>
                new(kernel_size, stride, padding, dilation, ceil_mode);

            public static Modules.AvgPool1d AvgPool1d(long kernel_size, long? stride = null, long padding = 0, bool ceil_mode = false, bool count_include_pad = true) =>
                new(kernel_size, stride, padding, ceil_mode, count_include_pad);

            public static Modules.AvgPool2d AvgPool2d(
                long[] kernel_size, long[]? stride = null, long[]? padding = null, bool ceil_mode = false, bool count_include_pad = true, long? divisor_override = null) =>
                new(kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override);

            public static Modules.AvgPool2d AvgPool2d(
                long kernel_size, long? stride = null, long? padding = null, bool ceil_mode = false, bool count_include_pad = true, long? divisor_override = null) =>
                new(Each(kernel_size, 2)!, Each(stride, 2), Each(padding, 2), ceil_mode, count_include_pad, divisor_override);

            public static Modules.AvgPool3d AvgPool3d(
                long[] kernel_size, long[]? stride = null, long[]? padding = null, bool ceil_mode = false, bool count_include_pad = true, long? divisor_override = null) =>
                new(kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override);

            public static Modules.AvgPool3d AvgPool3d(
                long kernel_size, long? stride = null, long? padding = null, bool ceil_mode = false, bool count_include_pad = true, long? divisor_override = null) =>
                new(Each(kernel_size, 3)!, Each(stride, 3), Each(padding, 3), ceil_mode, count_include_pad, divisor_override);

            public static Modules.AdaptiveAvgPool2d AdaptiveAvgPool2d(long[] output_size) => new(output_size);

            public static Modules.AdaptiveAvgPool2d AdaptiveAvgPool2d(long output_size) => new([output_size, output_size]);

            private static long[]? Each(long? value, int dimensions) => value is long v ? [.. Enumerable.Repeat(v, dimensions)] : null;
        }
    }
}
