using System.Runtime.CompilerServices;

namespace ConvLstm.Nowcast.Model.Kernels;

/// <summary>What candidate and cell of a ConvLSTM go through.</summary>
internal interface IActivation
{
    static abstract V Of<V>(V x)
        where V : unmanaged, IFloats<V>;

    /// <summary>The slope where it gave y.</summary>
    static abstract V Slope<V>(V y)
        where V : unmanaged, IFloats<V>;
}

/// <summary>As in Shi et al. 2015.</summary>
internal readonly struct TanhActivation : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Of<V>(V x)
        where V : unmanaged, IFloats<V> => Exponential.Tanh(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Slope<V>(V y)
        where V : unmanaged, IFloats<V> => V.All(1) - (y * y);
}

internal readonly struct ReluActivation : IActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Of<V>(V x)
        where V : unmanaged, IFloats<V> => V.Max(V.All(0), x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Slope<V>(V y)
        where V : unmanaged, IFloats<V> => V.Step(y);
}
