using System.Runtime.CompilerServices;

namespace ConvLstm.Nowcast.Model.Kernels;

/// <summary>
/// One direction of the transforms of Winograd's minimal filtering F(4×4, 3×3) (Lavin and Gray 2016, "Fast algorithms for convolutional
/// neural networks", equation 12; the same lines twice make the two-dimensional transform). The points are 0, ±5/8, ±3/2 and ∞, which
/// lose half as many digits as their integers (Barabasz et al. 2020, "Error analysis and improving the accuracy of Winograd convolution
/// for deep neural networks"). Each is a short method that takes pointers: with more local variables than the compiler tracks, all of
/// them would live in memory.
/// </summary>
internal static unsafe class WinogradTransforms
{
    /// <summary>The side of a tile of the output, and of the patch of the input that it comes from.</summary>
    internal const int Tile = 4, Patch = 6, Positions = Patch * Patch;

    private const float A = 5f / 8, B = 3f / 2, A2 = A * A, B2 = B * B;

    // What the weights are divided by, so that the other transforms need no division.
    private const float N0 = 1 / (A2 * B2), NA = 1 / (2 * A2 * (A2 - B2)), NB = 1 / (2 * B2 * (B2 - A2));

    /// <summary>Six lines of six values each: input to the domain of the products.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static void Input<V>(float* from, nint down, nint across, float* to, nint toDown, nint toAcross)
        where V : unmanaged, IFloats<V>
    {
        for (var i = 0; i < Patch; i++, from += across, to += toAcross)
        {
            var lower = from + (3 * down);
            V d1 = V.Load(from + down), d2 = V.Load(from + (2 * down)), d3 = V.Load(lower), d4 = V.Load(lower + down);
            V even = V.MultiplyAdd(V.All(-B2), d2, d4), odd = V.MultiplyAdd(V.All(-B2), d1, d3);
            V even2 = V.MultiplyAdd(V.All(-A2), d2, d4), odd2 = V.MultiplyAdd(V.All(-A2), d1, d3);
            V.Store(to, V.MultiplyAdd(V.All(A2 * B2), V.Load(from), V.MultiplyAdd(V.All(-(A2 + B2)), d2, d4)));
            V.Store(to + toDown, V.MultiplyAdd(V.All(A), odd, even));
            V.Store(to + (2 * toDown), V.MultiplyAdd(V.All(-A), odd, even));
            V.Store(to + (3 * toDown), V.MultiplyAdd(V.All(B), odd2, even2));
            V.Store(to + (4 * toDown), V.MultiplyAdd(V.All(-B), odd2, even2));
            V.Store(to + (5 * toDown), V.MultiplyAdd(V.All(A2 * B2), d1, V.MultiplyAdd(V.All(-(A2 + B2)), d3, V.Load(lower + (2 * down)))));
        }
    }

    /// <summary>Lines of six products to four values of the output, with a bias where there is one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static void Output<V>(int lines, float* from, nint down, nint across, float* bias, float* to, nint toDown, nint toAcross)
        where V : unmanaged, IFloats<V>
    {
        var add = bias == null ? default : V.Load(bias);
        for (var i = 0; i < lines; i++, from += across, to += toAcross)
        {
            var lower = from + (3 * down);
            V m1 = V.Load(from + down), m2 = V.Load(from + (2 * down)), m3 = V.Load(lower), m4 = V.Load(lower + down);
            V sum = m1 + m2, difference = m1 - m2, sum2 = m3 + m4, difference2 = m3 - m4;
            V.Store(to, V.Load(from) + sum + sum2 + add);
            V.Store(to + toDown, V.MultiplyAdd(V.All(A), difference, V.MultiplyAdd(V.All(B), difference2, add)));
            V.Store(to + (2 * toDown), V.MultiplyAdd(V.All(A2), sum, V.MultiplyAdd(V.All(B2), sum2, add)));
            V.Store(to + (3 * toDown), V.MultiplyAdd(
                V.All(A * A2), difference, V.MultiplyAdd(V.All(B * B2), difference2, V.Load(lower + (2 * down)) + add)));
        }
    }

    /// <summary>The adjoint of <see cref="Output{V}"/>: lines of four gradients of the output to six of the products.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static void OutputGradient<V>(int lines, float* from, nint down, nint across, float* to, nint toDown, nint toAcross)
        where V : unmanaged, IFloats<V>
    {
        for (var i = 0; i < lines; i++, from += across, to += toAcross)
        {
            V y0 = V.Load(from), y1 = V.Load(from + down), y2 = V.Load(from + (2 * down)), y3 = V.Load(from + (3 * down));
            V even = V.MultiplyAdd(V.All(A2), y2, y0), odd = V.MultiplyAdd(V.All(A2), y3, y1);
            V even2 = V.MultiplyAdd(V.All(B2), y2, y0), odd2 = V.MultiplyAdd(V.All(B2), y3, y1);
            V.Store(to, y0);
            V.Store(to + toDown, V.MultiplyAdd(V.All(A), odd, even));
            V.Store(to + (2 * toDown), V.MultiplyAdd(V.All(-A), odd, even));
            V.Store(to + (3 * toDown), V.MultiplyAdd(V.All(B), odd2, even2));
            V.Store(to + (4 * toDown), V.MultiplyAdd(V.All(-B), odd2, even2));
            V.Store(to + (5 * toDown), y3);
        }
    }

    /// <summary>Lines of three weights to six of the products.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static void Weights<V>(int lines, float* from, nint down, nint across, float* to, nint toDown, nint toAcross)
        where V : unmanaged, IFloats<V>
    {
        for (var i = 0; i < lines; i++, from += across, to += toAcross)
        {
            V g0 = V.Load(from), g1 = V.Load(from + down), g2 = V.Load(from + (2 * down));
            V even = V.MultiplyAdd(V.All(NA * A2), g2, V.All(NA) * g0), odd = V.All(NA * A) * g1;
            V even2 = V.MultiplyAdd(V.All(NB * B2), g2, V.All(NB) * g0), odd2 = V.All(NB * B) * g1;
            V.Store(to, V.All(N0) * g0);
            V.Store(to + toDown, even + odd);
            V.Store(to + (2 * toDown), even - odd);
            V.Store(to + (3 * toDown), even2 + odd2);
            V.Store(to + (4 * toDown), even2 - odd2);
            V.Store(to + (5 * toDown), g2);
        }
    }

    /// <summary>The adjoint of <see cref="Weights{V}"/>: lines of six gradients of the products to three of the weights.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static void WeightGradient<V>(int lines, float* from, nint down, nint across, float* to, nint toDown, nint toAcross)
        where V : unmanaged, IFloats<V>
    {
        for (var i = 0; i < lines; i++, from += across, to += toAcross)
        {
            V u1 = V.Load(from + down), u2 = V.Load(from + (2 * down)), u3 = V.Load(from + (3 * down)), u4 = V.Load(from + (4 * down));
            V sum = u1 + u2, difference = u1 - u2, sum2 = u3 + u4, difference2 = u3 - u4;
            V.Store(to, V.MultiplyAdd(V.All(N0), V.Load(from), V.MultiplyAdd(V.All(NA), sum, V.All(NB) * sum2)));
            V.Store(to + toDown, V.MultiplyAdd(V.All(NA * A), difference, V.All(NB * B) * difference2));
            V.Store(to + (2 * toDown), V.MultiplyAdd(V.All(NA * A2), sum, V.MultiplyAdd(V.All(NB * B2), sum2, V.Load(from + (5 * down)))));
        }
    }
}
