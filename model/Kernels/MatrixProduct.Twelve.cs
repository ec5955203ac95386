using System.Runtime.CompilerServices;

namespace ConvLstm.Nowcast.Model.Kernels;

internal static unsafe partial class MatrixProduct
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Rows12<V>(float* left, nint rowStride, nint depthStride, float* right, int depth, float* products, bool add)
        where V : unmanaged, IFloats<V>
    {
        int w = V.Width, panel = 2 * w;
        V a0, a1, b0, b1, c0, c1, d0, d1, e0, e1, f0, f1, g0, g1, h0, h1, i0, i1, j0, j1, k0, k1, l0, l1;
        if (add)
        {
            (a0, a1) = (V.Load(products), V.Load(products + w));
            (b0, b1) = (V.Load(products + panel), V.Load(products + panel + w));
            (c0, c1) = (V.Load(products + (2 * panel)), V.Load(products + (2 * panel) + w));
            (d0, d1) = (V.Load(products + (3 * panel)), V.Load(products + (3 * panel) + w));
            (e0, e1) = (V.Load(products + (4 * panel)), V.Load(products + (4 * panel) + w));
            (f0, f1) = (V.Load(products + (5 * panel)), V.Load(products + (5 * panel) + w));
            (g0, g1) = (V.Load(products + (6 * panel)), V.Load(products + (6 * panel) + w));
            (h0, h1) = (V.Load(products + (7 * panel)), V.Load(products + (7 * panel) + w));
            (i0, i1) = (V.Load(products + (8 * panel)), V.Load(products + (8 * panel) + w));
            (j0, j1) = (V.Load(products + (9 * panel)), V.Load(products + (9 * panel) + w));
            (k0, k1) = (V.Load(products + (10 * panel)), V.Load(products + (10 * panel) + w));
            (l0, l1) = (V.Load(products + (11 * panel)), V.Load(products + (11 * panel) + w));
        }
        else
        {
            a0 = a1 = b0 = b1 = c0 = c1 = d0 = d1 = e0 = e1 = f0 = f1 = default;
            g0 = g1 = h0 = h1 = i0 = i1 = j0 = j1 = k0 = k1 = l0 = l1 = default;
        }
        // An address adds at most twice a register to another: three rows share a pointer.
        float* p = left, q = left + (3 * rowStride), r = left + (6 * rowStride), s = left + (9 * rowStride);
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
            one = V.All(*r);
            g0 = V.MultiplyAdd(one, x, g0);
            g1 = V.MultiplyAdd(one, y, g1);
            one = V.All(r[rowStride]);
            h0 = V.MultiplyAdd(one, x, h0);
            h1 = V.MultiplyAdd(one, y, h1);
            one = V.All(r[2 * rowStride]);
            i0 = V.MultiplyAdd(one, x, i0);
            i1 = V.MultiplyAdd(one, y, i1);
            one = V.All(*s);
            j0 = V.MultiplyAdd(one, x, j0);
            j1 = V.MultiplyAdd(one, y, j1);
            one = V.All(s[rowStride]);
            k0 = V.MultiplyAdd(one, x, k0);
            k1 = V.MultiplyAdd(one, y, k1);
            one = V.All(s[2 * rowStride]);
            l0 = V.MultiplyAdd(one, x, l0);
            l1 = V.MultiplyAdd(one, y, l1);
            p += depthStride;
            q += depthStride;
            r += depthStride;
            s += depthStride;
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
        V.Store(products + (6 * panel), g0);
        V.Store(products + (6 * panel) + w, g1);
        V.Store(products + (7 * panel), h0);
        V.Store(products + (7 * panel) + w, h1);
        V.Store(products + (8 * panel), i0);
        V.Store(products + (8 * panel) + w, i1);
        V.Store(products + (9 * panel), j0);
        V.Store(products + (9 * panel) + w, j1);
        V.Store(products + (10 * panel), k0);
        V.Store(products + (10 * panel) + w, k1);
        V.Store(products + (11 * panel), l0);
        V.Store(products + (11 * panel) + w, l1);
    }
}
