using static ConvLstm.Nowcast.Torch.Interop.Operator;

namespace ConvLstm.Nowcast.Torch;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>Pooling: a stride that is not given is the size of the kernel.</summary>
        public static partial class functional
        {
            public static Tensor max_pool1d(Tensor input, long kernel_size, long? stride = null, long? padding = null) =>
                Call("aten::max_pool1d", input, new[] { kernel_size }, new[] { stride ?? kernel_size }, new[] { padding ?? 0 });

            public static Tensor max_pool2d(Tensor input, long[] kernel_size, long[]? strides = null, long[]? padding = null) =>
                Call("aten::max_pool2d", input, kernel_size, strides ?? kernel_size, padding ?? [0, 0]);

            public static Tensor max_pool3d(Tensor input, long[] kernel_size, long[]? strides = null, long[]? padding = null) =>
                Call("aten::max_pool3d", input, kernel_size, strides ?? kernel_size, padding ?? [0, 0, 0]);

            public static Tensor avg_pool1d(Tensor input, long kernel_size, long? stride = null, long? padding = null) =>
                Call("aten::avg_pool1d", input, new[] { kernel_size }, new[] { stride ?? kernel_size }, new[] { padding ?? 0 });

            public static Tensor avg_pool2d(Tensor input, long[] kernel_size, long[]? stride = null, long[]? padding = null) =>
                Call("aten::avg_pool2d", input, kernel_size, stride ?? kernel_size, padding ?? [0, 0]);

            public static Tensor avg_pool3d(Tensor input, long[] kernel_size, long[]? stride = null, long[]? padding = null) =>
                Call("aten::avg_pool3d", input, kernel_size, stride ?? kernel_size, padding ?? [0, 0, 0]);

            public static Tensor adaptive_avg_pool2d(Tensor input, long[] output_size) => Call("aten::adaptive_avg_pool2d", input, output_size);
        }
    }
}
