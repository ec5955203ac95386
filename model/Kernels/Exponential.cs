using System.Runtime.CompilerServices;

namespace ConvLstm.Nowcast.Model.Kernels;

/// <summary>
/// The logistic function and the hyperbolic tangent by exp(x) = 2ⁿ·exp(r), |r| ≤ ln 2 / 2 (Muller 2016, "Elementary Functions", chapter
/// 11), good to two units in the last place; NaN stays NaN.
/// </summary>
internal static class Exponential
{
    /// <summary>1.5·2²³: adding it rounds to an integer, which is left in the lowest bits.</summary>
    private const float Round = 12582912;

    private const float Log2E = 1.44269504f;

    // ln 2 in two parts, the first with 13 free bits, so that n times it is exact.
    private const float Ln2High = 0.693145752f;
    private const float Ln2Low = 1.42860677e-6f;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static V Sigmoid<V>(V x)
        where V : unmanaged, IFloats<V>
    {
        Power(Within(V.All(0) - x, 87), out var scale, out var rest);
        return V.All(1) / (V.All(1) + V.MultiplyAdd(scale, rest, scale));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static V Tanh<V>(V x)
        where V : unmanaged, IFloats<V>
    {
        Power(Within(x + x, 20), out var scale, out var rest);
        var minusOne = V.MultiplyAdd(scale, rest, scale - V.All(1));
        return minusOne / (minusOne + V.All(2));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Within<V>(V x, float limit)
        where V : unmanaged, IFloats<V> => V.Max(V.All(-limit), V.Min(V.All(limit), x));

    /// <summary>
    /// exp(x) = scale·(1 + rest), so that exp(x) − 1 keeps its digits near 0. Taylor's polynomial; what it leaves out is below 2e-8 of r.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Power<V>(V x, out V scale, out V rest)
        where V : unmanaged, IFloats<V>
    {
        var shifted = V.MultiplyAdd(x, V.All(Log2E), V.All(Round));
        var n = shifted - V.All(Round);
        var r = V.MultiplyAdd(n, V.All(-Ln2Low), V.MultiplyAdd(n, V.All(-Ln2High), x));
        var p = V.MultiplyAdd(V.All(1f / 5040), r, V.All(1f / 720));
        p = V.MultiplyAdd(p, r, V.All(1f / 120));
        p = V.MultiplyAdd(p, r, V.All(1f / 24));
        p = V.MultiplyAdd(p, r, V.All(1f / 6));
        p = V.MultiplyAdd(p, r, V.All(0.5f));
        rest = V.MultiplyAdd(p, r * r, r);
        scale = V.PowerOfTwo(shifted);
    }
}
