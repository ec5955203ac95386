using static ConvLstm.Nowcast.Torch.Interop.Operator;

namespace ConvLstm.Nowcast.Torch;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>Initial values, drawn in place.</summary>
        public static class init
        {
            public static Tensor zeros_(Tensor tensor) => constant_(tensor, 0);

            public static Tensor ones_(Tensor tensor) => constant_(tensor, 1);

            public static Tensor constant_(Tensor tensor, Scalar val)
            {
                using var gradients = no_grad();
                return tensor.fill_(val);
            }

            public static Tensor uniform_(Tensor tensor, double low = 0, double high = 1)
            {
                using var gradients = no_grad();
                return CallInPlace(tensor, "aten::uniform_", tensor, low, high);
            }

            public static Tensor normal_(Tensor tensor, double mean = 0, double std = 1)
            {
                using var gradients = no_grad();
                return CallInPlace(tensor, "aten::normal_", tensor, mean, std);
            }

            /// <summary>He et al. 2015 for a leaky ReLU of slope <paramref name="a"/>, by fan-in.</summary>
            public static Tensor kaiming_uniform_(Tensor tensor, double a = 0)
            {
                var deviation = Math.Sqrt(2 / (1 + (a * a))) / Math.Sqrt(CalculateFanInAndFanOut(tensor).fanIn);
                var bound = Math.Sqrt(3) * deviation;
                return uniform_(tensor, -bound, bound);
            }

            /// <summary>Glorot and Bengio 2010.</summary>
            public static Tensor xavier_uniform_(Tensor tensor, double gain = 1.0)
            {
                var (fanIn, fanOut) = CalculateFanInAndFanOut(tensor);
                var bound = gain * Math.Sqrt(6.0 / (fanIn + fanOut));
                return uniform_(tensor, -bound, bound);
            }

            /// <summary>The inputs and outputs of one unit of a weight (out, in, kernel …).</summary>
            public static (long fanIn, long fanOut) CalculateFanInAndFanOut(Tensor tensor)
            {
                var shape = tensor.shape;
                if (shape.Length < 2)
                    throw new ArgumentException("Fan-in and fan-out need a weight of two dimensions or more.", nameof(tensor));
                var field = shape.Skip(2).Aggregate(1L, (product, size) => product * size);
                return (shape[1] * field, shape[0] * field);
            }
        }
    }
}
