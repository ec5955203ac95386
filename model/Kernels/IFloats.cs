namespace ConvLstm.Nowcast.Model.Kernels;

/// <summary>
/// Some floats side by side, as one register holds them. A loop is written once against this and compiled for each width; <see
/// cref="Float1"/> takes what is left over at its end. A product and a sum are fused only where <see cref="MultiplyAdd"/> says so: the
/// compiler contracts nothing by itself.
/// </summary>
internal unsafe interface IFloats<V>
    where V : unmanaged, IFloats<V>
{
    static abstract int Width { get; }

    static abstract V Load(float* from);

    static abstract void Store(float* to, V value);

    /// <summary>The same number in all places.</summary>
    static abstract V All(float value);

    static abstract V operator +(V a, V b);

    static abstract V operator -(V a, V b);

    static abstract V operator *(V a, V b);

    static abstract V operator /(V a, V b);

    /// <summary>a·b + c.</summary>
    static abstract V MultiplyAdd(V a, V b, V c);

    /// <summary>The larger one; b where one of them is NaN.</summary>
    static abstract V Max(V a, V b);

    /// <summary>The smaller one; b where one of them is NaN.</summary>
    static abstract V Min(V a, V b);

    /// <summary>1 where x is above 0, else 0.</summary>
    static abstract V Step(V x);

    /// <summary>2ⁿ, where n was rounded into the lowest bits of a float by adding 1.5·2²³ (<see cref="Exponential"/>).</summary>
    static abstract V PowerOfTwo(V rounded);
}
