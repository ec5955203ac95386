using System.Runtime.CompilerServices;

namespace ConvLstm.Nowcast.Model.Kernels;

/// <summary>
/// Products of small matrices whose sums stay in registers: six rows by two vectors fill the sixteen registers of AVX2, twelve rows the
/// thirty-two of AVX-512 (Goto and van de Geijn 2008, "Anatomy of high-performance matrix multiplication", section 5).
/// </summary>
internal static unsafe partial class MatrixProduct
{
    /// <summary>Rows are computed in blocks of so many: their number is rounded up to it, and there must be room for them.</summary>
    internal const int Block = 6;

    /// <summary>
    /// products[row][panel] (+)= Σ over k of left[row·rowStride + k·depthStride] · right[k][panel], where a panel is two vectors.
    /// </summary>
    /// <param name="left">May be read beyond the last row up to a whole <see cref="Block"/>; what is there ends in rows that nobody looks
    /// at.</param>
    /// <param name="rowStride">From a row to the next.</param>
    /// <param name="depthStride">From a k to the next.</param>
    /// <param name="right">(depth, panel).</param>
    /// <param name="rows">How many.</param>
    /// <param name="depth">How many k.</param>
    /// <param name="products">(rows, panel).</param>
    /// <param name="add">Whether to what is there already.</param>
    internal static void Multiply<V>(float* left, nint rowStride, nint depthStride, float* right, int rows, int depth, float* products,
        bool add)
        where V : unmanaged, IFloats<V>
    {
        if (V.Width >= Floats16.Width)
        {
            for (; rows > Block; rows -= 2 * Block, left += 2 * Block * rowStride, products += 4 * Block * V.Width)
                Rows12<V>(left, rowStride, depthStride, right, depth, products, add);
        }
        for (; rows > 0; rows -= Block, left += Block * rowStride, products += 2 * Block * V.Width)
            Rows6<V>(left, rowStride, depthStride, right, depth, products, add);
    }

    internal static int RoundUp(int rows) => (rows + Block - 1) / Block * Block;

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Rows6<V>(float* left, nint rowStride, nint depthStride, float* right, int depth, float* products, bool add)
        where V : unmanaged, IFloats<V>
    {
        int w = V.Width, panel = 2 * w;
        V a0, a1, b0, b1, c0, c1, d0, d1, e0, e1, f0, f1;
        if (add)
        {
            (a0, a1) = (V.Load(products), V.Load(products + w));
            (b0, b1) = (V.Load(products + panel), V.Load(products + panel + w));
            (c0, c1) = (V.Load(products + (2 * panel)), V.Load(products + (2 * panel) + w));
            (d0, d1) = (V.Load(products + (3 * panel)), V.Load(products + (3 * panel) + w));
            (e0, e1) = (V.Load(products + (4 * panel)), V.Load(products + (4 * panel) + w));
            (f0, f1) = (V.Load(products + (5 * panel)), V.Load(products + (5 * panel) + w));
        }
        else
        {
            a0 = a1 = b0 = b1 = c0 = c1 = d0 = d1 = e0 = e1 = f0 = f1 = default;
        }
        // An address adds at most twice a register to another: three rows share a pointer.
        float* p = left, q = left + (3 * rowStride);
        for (var end = right + ((nint)depth * panel); right < end; right += panel)
        {
            V x = V.Load(right), y = V.Load(right + w), one;
            one = V.All(*p);
            a0 = V.MultiplyAdd(one, x, a0);
            a1 = V.MultiplyAdd(one, y, a1);
            one = V.All(p[rowStride]);
            b0 = V.MultiplyAdd(one, x, b0);
            b1 = V.MultiplyAdd(one, y, b1);
            one = V.All(p[2 * rowStride]);
            c0 = V.MultiplyAdd(one, x, c0);
            c1 = V.MultiplyAdd(one, y, c1);
            one = V.All(*q);
            d0 = V.MultiplyAdd(one, x, d0);
            d1 = V.MultiplyAdd(one, y, d1);
            one = V.All(q[rowStride]);
            e0 = V.MultiplyAdd(one, x, e0);
            e1 = V.MultiplyAdd(one, y, e1);
            one = V.All(q[2 * rowStride]);
            f0 = V.MultiplyAdd(one, x, f0);
            f1 = V.MultiplyAdd(one, y, f1);
            p += depthStride;
            q += depthStride;
        }
        V.Store(products, a0);
        V.Store(products + w, a1);
        V.Store(products + panel, b0);
        V.Store(products + panel + w, b1);
        V.Store(products + (2 * panel), c0);
        V.Store(products + (2 * panel) + w, c1);
        V.Store(products + (3 * panel), d0);
        V.Store(products + (3 * panel) + w, d1);
        V.Store(products + (4 * panel), e0);
        V.Store(products + (4 * panel) + w, e1);
        V.Store(products + (5 * panel), f0);
        V.Store(products + (5 * panel) + w, f1);
    }
}
