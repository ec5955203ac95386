using System.Runtime.CompilerServices;

namespace ConvLstm.Nowcast.Model.Kernels;

/// <summary>
/// The gates of a ConvLSTM (Shi et al. 2015, equation 3, without peepholes) over channels-last pixels. A pixel of gates holds input,
/// forget, candidate and output, one after the other; a pixel of a state one number for each channel. A null pointer stands for zeros.
/// </summary>
internal static unsafe class ConvLstmGates
{
    /// <param name="pixels">How many.</param>
    /// <param name="channels">Of a state.</param>
    /// <param name="gates">Before the activation.</param>
    /// <param name="before">The cell state before the step, or null.</param>
    /// <param name="activated">Takes the gates after the activation, for the backward pass; null where none comes.</param>
    /// <param name="cell">Takes the cell state; may be <paramref name="before"/>.</param>
    /// <param name="hidden">Takes the hidden state.</param>
    internal static void Forward<V, TActivation>(nint pixels, int channels, float* gates, float* before, float* activated, float* cell,
        float* hidden)
        where V : unmanaged, IFloats<V>
        where TActivation : IActivation
    {
        var k = V.Width >= 16 ? Forward<Floats16, TActivation>(pixels, channels, gates, before, activated, cell, hidden, 0) : 0;
        k = V.Width >= 8 ? Forward<Floats8, TActivation>(pixels, channels, gates, before, activated, cell, hidden, k) : k;
        Forward<Float1, TActivation>(pixels, channels, gates, before, activated, cell, hidden, k);
    }

    /// <summary>
    /// From the last step to the first: gradients of the gates before their activation, and of the cell state before the step.
    /// </summary>
    /// <param name="pixels">How many.</param>
    /// <param name="channels">Of a state.</param>
    /// <param name="activated">The gates of the step after their activation; may be <paramref name="gatesGradient"/>.</param>
    /// <param name="before">The cell state before the step, or null.</param>
    /// <param name="cell">The cell state after it.</param>
    /// <param name="above">Gradient of the hidden state from the layers above, or null.</param>
    /// <param name="next">Gradient of the hidden state from the step after, or null.</param>
    /// <param name="nextStride">From a pixel of <paramref name="next"/> to the one after.</param>
    /// <param name="cellNext">Gradient of the cell state from the step after, or null.</param>
    /// <param name="gatesGradient">Takes the gradient of the gates.</param>
    /// <param name="beforeGradient">Takes that of the cell state before the step; may be <paramref name="cellNext"/>.</param>
    internal static void Backward<V, TActivation>(
        nint pixels, int channels, float* activated, float* before, float* cell, float* above, float* next, nint nextStride,
            float* cellNext,
        float* gatesGradient, float* beforeGradient)
        where V : unmanaged, IFloats<V>
        where TActivation : IActivation
    {
        var k = V.Width >= 16 ? Backward<Floats16, TActivation>(pixels, channels, activated, before, cell, above, next, nextStride,
            cellNext, gatesGradient, beforeGradient, 0) : 0;
        k = V.Width >= 8 ? Backward<Floats8, TActivation>(pixels, channels, activated, before, cell, above, next, nextStride, cellNext,
            gatesGradient, beforeGradient, k) : k;
        Backward<Float1, TActivation>(pixels, channels, activated, before, cell, above, next, nextStride, cellNext, gatesGradient,
            beforeGradient, k);
    }

    // Each takes as many vectors of channels from the first on as fit and gives the first channel that is left.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Forward<V, TActivation>(
        nint pixels, int c, float* gates, float* before, float* activated, float* cell, float* hidden, int from)
        where V : unmanaged, IFloats<V>
        where TActivation : IActivation
    {
        var to = from + ((c - from) / V.Width * V.Width);
        for (nint p = 0; from < to && p < pixels; p++, gates += 4 * c, cell += c, hidden += c)
        {
            for (var k = from; k < to; k += V.Width)
            {
                var i = Exponential.Sigmoid(V.Load(gates + k));
                var f = Exponential.Sigmoid(V.Load(gates + c + k));
                var g = TActivation.Of(V.Load(gates + (2 * c) + k));
                var o = Exponential.Sigmoid(V.Load(gates + (3 * c) + k));
                var next = before != null ? V.MultiplyAdd(f, V.Load(before + k), i * g) : i * g;
                if (activated != null)
                {
                    V.Store(activated + k, i);
                    V.Store(activated + c + k, f);
                    V.Store(activated + (2 * c) + k, g);
                    V.Store(activated + (3 * c) + k, o);
                }
                V.Store(cell + k, next);
                V.Store(hidden + k, o * TActivation.Of(next));
            }
            before = before == null ? null : before + c;
            activated = activated == null ? null : activated + (4 * c);
        }
        return to;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Backward<V, TActivation>(
        nint pixels, int c, float* activated, float* before, float* cell, float* above, float* next, nint nextStride, float* cellNext,
        float* gatesGradient, float* beforeGradient, int from)
        where V : unmanaged, IFloats<V>
        where TActivation : IActivation
    {
        var to = from + ((c - from) / V.Width * V.Width);
        var one = V.All(1);
        for (nint p = 0; from < to && p < pixels; p++, activated += 4 * c, cell += c, gatesGradient += 4 * c, beforeGradient += c)
        {
            for (var k = from; k < to; k += V.Width)
            {
                V i = V.Load(activated + k), f = V.Load(activated + c + k), g = V.Load(activated + (2 * c) + k),
                    o = V.Load(activated + (3 * c) + k);
                V bent = TActivation.Of(V.Load(cell + k)), hidden = above != null ? V.Load(above + k) : default;
                if (next != null)
                    hidden += V.Load(next + k);
                var whole = hidden * o * TActivation.Slope(bent);
                if (cellNext != null)
                    whole += V.Load(cellNext + k);
                V.Store(gatesGradient + k, whole * g * i * (one - i));
                V.Store(gatesGradient + c + k, before != null ? whole * V.Load(before + k) * f * (one - f) : default);
                V.Store(gatesGradient + (2 * c) + k, whole * i * TActivation.Slope(g));
                V.Store(gatesGradient + (3 * c) + k, hidden * bent * o * (one - o));
                V.Store(beforeGradient + k, whole * f);
            }
            before = before == null ? null : before + c;
            above = above == null ? null : above + c;
            next = next == null ? null : next + nextStride;
            cellNext = cellNext == null ? null : cellNext + c;
        }
        return to;
    }
}
