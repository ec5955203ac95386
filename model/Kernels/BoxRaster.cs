using System.Runtime.CompilerServices;

namespace ConvLstm.Nowcast.Model.Kernels;

/// <summary>
/// The points of an image where boxes are summed: each second part of a radius, so that large boxes cost no more than small ones.
/// </summary>
internal readonly unsafe struct BoxRaster(int height, int width, int radius)
{
    private readonly int _radius = radius, _stride = Math.Max(1, radius / 2);

    internal int Height { get; } = height;

    internal int Width { get; } = width;

    internal int Rows => ((Height - 1) / _stride) + 1;

    private int Columns => ((Width - 1) / _stride) + 1;

    /// <summary>Sums over boxes, interpolated along each row of points, to sums[row][x].</summary>
    /// <param name="image">(H, W).</param>
    /// <param name="mask">What the image is multiplied with, or null.</param>
    /// <param name="first">The first row of points.</param>
    /// <param name="last">The row after the last.</param>
    /// <param name="sums">(<see cref="Rows"/>, W).</param>
    internal void Sum<V>(float* image, float* mask, int first, int last, float* sums)
        where V : unmanaged, IFloats<V>
    {
        var scratch = Scratch.OfThread(2 * (nint)Width);
        float* columns = scratch.Take(Width), points = scratch.Take(Columns);
        for (var row = first; row < last; row++)
        {
            new Span<float>(columns, Width).Clear();
            for (var y = Math.Max(0, (row * _stride) - _radius); y <= Math.Min(Height - 1, (row * _stride) + _radius); y++)
            {
                var offset = (nint)y * Width;
                var x = Add<V>(image + offset, mask == null ? null : mask + offset, columns, 0);
                Add<Float1>(image + offset, mask == null ? null : mask + offset, columns, x);
            }
            SumPoints(columns, points);
            Interpolate(points, sums + ((nint)row * Width));
        }
    }

    /// <summary>Sums by counts, interpolated between rows of points, to means[y][x].</summary>
    /// <param name="sums">Of the values that were observed, (<see cref="Rows"/>, W).</param>
    /// <param name="counts">How many were.</param>
    /// <param name="first">The first row of pixels.</param>
    /// <param name="last">The row after the last.</param>
    /// <param name="means">(H, W).</param>
    internal void Divide<V>(float* sums, float* counts, int first, int last, float* means)
        where V : unmanaged, IFloats<V>
    {
        for (var y = first; y < last; y++)
        {
            int row = Math.Min(y / _stride, Rows - 1), next = Math.Min(row + 1, Rows - 1);
            var share = next == row ? 0 : (float)(y - (row * _stride)) / _stride;
            nint lower = (nint)row * Width, upper = (nint)next * Width, to = (nint)y * Width;
            var x = Divide<V>(sums + lower, sums + upper, counts + lower, counts + upper, share, means + to, 0);
            Divide<Float1>(sums + lower, sums + upper, counts + lower, counts + upper, share, means + to, x);
        }
    }

    // The vector loops take as many pixels from x on as fit and give the first that is left.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Add<V>(float* row, float* mask, float* columns, int x)
        where V : unmanaged, IFloats<V>
    {
        for (; x + V.Width <= Width; x += V.Width)
        {
            var sum = V.Load(columns + x);
            V.Store(columns + x, mask == null ? sum + V.Load(row + x) : V.MultiplyAdd(V.Load(row + x), V.Load(mask + x), sum));
        }
        return x;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Divide<V>(float* lower, float* upper, float* fewer, float* more, float share, float* means, int x)
        where V : unmanaged, IFloats<V>
    {
        // A box counts as unobserved below a thousandth of its pixels.
        V part = V.All(share), fewest = V.All(1e-3f * ((2 * _radius) + 1) * ((2 * _radius) + 1));
        for (; x + V.Width <= Width; x += V.Width)
        {
            V sum = V.Load(lower + x), count = V.Load(fewer + x);
            sum = V.MultiplyAdd(V.Load(upper + x) - sum, part, sum);
            count = V.MultiplyAdd(V.Load(more + x) - count, part, count);
            V.Store(means + x, sum / V.Max(count, fewest));
        }
        return x;
    }

    /// <summary>Differences of running sums; in double, so that a long row loses no digits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void SumPoints(float* columns, float* points)
    {
        double entered = 0, left = 0;
        int to = -1, from = -1;
        for (var point = 0; point < Columns; point++)
        {
            while (to < Math.Min(Width - 1, (point * _stride) + _radius))
                entered += columns[++to];
            while (from < (point * _stride) - _radius - 1)
                left += columns[++from];
            points[point] = (float)(entered - left);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Interpolate(float* points, float* line)
    {
        for (var point = 0; point < Columns - 1; point++)
        {
            var step = (points[point + 1] - points[point]) / _stride;
            for (var k = 0; k < _stride; k++)
                line[(point * _stride) + k] = points[point] + (step * k);
        }
        new Span<float>(line, Width)[((Columns - 1) * _stride)..].Fill(points[Columns - 1]);
    }
}
