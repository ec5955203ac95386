using static ConvLstm.Nowcast.Torch.Interop.Operator;

namespace ConvLstm.Nowcast.Torch;

/// <summary>How <see cref="torch.nn.functional"/> resizes.</summary>
public enum InterpolationMode
{
    Nearest = 0, Linear = 1, Bilinear = 2, Bicubic = 3, Trilinear = 4, Area = 5,
}

/// <summary>How a grid is sampled between its points.</summary>
public enum GridSampleMode
{
    Nearest = 0, Bilinear = 1,
}

/// <summary>What a sample beyond the edge reads.</summary>
public enum GridSamplePaddingMode
{
    Zeros = 0, Reflection = 1, Border = 2,
}

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>The layers without their state.</summary>
        public static partial class functional
        {
            public static Tensor linear(Tensor input, Tensor weights, Tensor? bias = null) => Call("aten::linear", input, weights, bias);

            public static Tensor layer_norm(Tensor input, long[] normalized_shape, Tensor? weight = null, Tensor? bias = null, double eps = 1e-05) =>
                Call("aten::layer_norm", input, normalized_shape, weight, bias, eps);

            public static Tensor batch_norm(
                Tensor input, Tensor? running_mean, Tensor? running_var, Tensor? weight = null, Tensor? bias = null, bool training = false, double momentum = 0.1,
                double eps = 1e-05) =>
                Call("aten::batch_norm", input, weight, bias, running_mean, running_var, training, momentum, eps, true);

            public static Tensor group_norm(Tensor input, long num_groups, Tensor? weight = null, Tensor? bias = null, double eps = 1e-05) =>
                Call("aten::group_norm", input, num_groups, weight, bias, eps);

            public static Tensor pixel_shuffle(Tensor input, long upscale_factor) => Call("aten::pixel_shuffle", input, upscale_factor);

            public static Tensor pixel_unshuffle(Tensor input, long downscale_factor) => Call("aten::pixel_unshuffle", input, downscale_factor);

            public static Tensor relu(Tensor x) => x.relu();

            public static Tensor leaky_relu(Tensor input, double negative_slope = 0.01) => Call("aten::leaky_relu", input, negative_slope);

            public static Tensor gelu(Tensor x) => Call("aten::gelu", x);

            public static Tensor silu(Tensor x) => Call("aten::silu", x);

            public static Tensor elu(Tensor x, double alpha) => Call("aten::elu", x, alpha);

            public static Tensor softplus(Tensor x, double beta = 1, double threshold = 20) => Call("aten::softplus", x, beta, threshold);

            public static Tensor softmax(Tensor input, long dim) => input.softmax(dim);

            public static Tensor dropout(Tensor input, double p = 0.5, bool training = true) => Call("aten::dropout", input, p, training);

            public static Tensor dropout2d(Tensor input, double p = 0.5, bool training = true) => Call("aten::feature_dropout", input, p, training);

            public static Tensor dropout3d(Tensor input, double p = 0.5, bool training = true) => Call("aten::feature_dropout", input, p, training);

            /// <summary>Pads the last dimensions, last one first: left, right, top, bottom.</summary>
            public static Tensor pad(Tensor input, long[] pad, PaddingModes mode = PaddingModes.Constant, double value = 0) => mode switch
            {
                PaddingModes.Constant or PaddingModes.Zeros => Call("aten::constant_pad_nd", input, pad, value),
                PaddingModes.Reflect => Call($"aten::reflection_pad{pad.Length / 2}d", input, pad),
                PaddingModes.Replicate => Call($"aten::replication_pad{pad.Length / 2}d", input, pad),
                _ => Call("aten::_pad_circular", input, pad),
            };

            /// <param name="input">(N, C, H, W).</param>
            /// <param name="grid">(N, H', W', 2): x and y, −1 to 1.</param>
            /// <param name="mode">How to read between the points.</param>
            /// <param name="padding_mode">What stands beyond the edge.</param>
            /// <param name="align_corners">True where −1 and 1 are the centres of the corner pixels, else their outer edges.</param>
            public static Tensor grid_sample(
                Tensor input, Tensor grid, GridSampleMode mode = GridSampleMode.Bilinear,
                GridSamplePaddingMode padding_mode = GridSamplePaddingMode.Zeros, bool? align_corners = null) =>
                Call(
                    "aten::grid_sampler", input, grid, mode == GridSampleMode.Bilinear ? 0L : 1L,
                    padding_mode switch { GridSamplePaddingMode.Zeros => 0L, GridSamplePaddingMode.Border => 1L, _ => 2L }, align_corners ?? false);

            public static Tensor interpolate(
                Tensor x, long[]? size = null, double[]? scale_factor = null, InterpolationMode mode = InterpolationMode.Nearest, bool? align_corners = null)
            {
                size ??= Scaled(x, scale_factor ?? throw new ArgumentException("Give a size or a scale factor.", nameof(size)));
                return mode switch
                {
                    InterpolationMode.Nearest => Call("aten::upsample_nearest2d", x, size),
                    InterpolationMode.Bilinear => Call("aten::upsample_bilinear2d", x, size, align_corners ?? false),
                    InterpolationMode.Bicubic => Call("aten::upsample_bicubic2d", x, size, align_corners ?? false),
                    InterpolationMode.Area => Call("aten::adaptive_avg_pool2d", x, size),
                    _ => throw new NotSupportedException($"Resizing with {mode} is not there for images."),
                };
            }

            private static long[] Scaled(Tensor x, double[] factors)
            {
                var shape = x.shape;
                return Enumerable.Range(0, shape.Length - 2)
                    .Select(i => (long)Math.Floor(shape[i + 2] * factors[factors.Length == 1 ? 0 : i])).ToArray();
            }
        }
    }
}
