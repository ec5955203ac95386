using System.Runtime.CompilerServices;

namespace ConvLstm.Nowcast.Model.Kernels;

/// <summary>Pixels through the layers, a panel of two vectors of pixels at once.</summary>
internal sealed unsafe class PerceptronPanels<V>
    where V : unmanaged, IFloats<V>
{
    private readonly PerceptronLayers _layers;
    private readonly float* _maps, _inner, _hidden, _result;

    private PerceptronPanels(PerceptronLayers layers)
    {
        _layers = layers;
        nint inner = Padded(layers.Inner), hidden = Padded(layers.Hidden), result = Padded(layers.Thresholds);
        var scratch = Scratch.OfThread(Panel * (PerceptronLayers.MapCount + inner + hidden + result));
        _maps = scratch.Take(PerceptronLayers.MapCount * Panel);
        _inner = scratch.Take(inner * Panel);
        _hidden = scratch.Take(hidden * Panel);
        _result = scratch.Take(result * Panel);
    }

    private static int Panel => 2 * V.Width;

    internal static void Run(PerceptronLayers layers, int threads)
    {
        const int Panels = 64;
        nint piece = Panels * Panel;
        WorkerThreads.Run((int)((layers.Pixels + piece - 1) / piece), threads, number =>
        {
            var panels = new PerceptronPanels<V>(layers);
            var end = Math.Min(layers.Pixels, (number + 1) * piece);
            for (var pixel = number * piece; pixel < end; pixel += Panel)
                panels.Pixels(pixel, (int)Math.Min(Panel, end - pixel));
        });
    }

    private static int Padded(int rows) => rows + (2 * MatrixProduct.Block);

    private void Pixels(nint pixel, int count)
    {
        var w = _layers;
        Gather(w.MapValues + pixel, PerceptronLayers.MapCount, count, _maps);
        Gather(w.Still + pixel, w.Inner, count, _inner);
        Add(_inner, w.Shared, w.Inner);
        MatrixProduct.Multiply<V>(w.Maps, PerceptronLayers.MapCount, 1, _maps, w.Inner, PerceptronLayers.MapCount, _inner, true);
        Positive(_inner, w.Inner);
        MatrixProduct.Multiply<V>(w.Second, w.Inner, 1, _inner, w.Hidden, w.Inner, _hidden, false);
        Add(_hidden, w.SecondBias, w.Hidden);
        Positive(_hidden, w.Hidden);
        MatrixProduct.Multiply<V>(w.Last, w.Hidden, 1, _hidden, w.Thresholds, w.Hidden, _result, false);
        Finish();
        for (var t = 0; t < w.Thresholds; t++)
            new Span<float>(_result + ((nint)t * Panel), count).CopyTo(new(w.Result + (t * w.Pixels) + pixel, count));
    }

    /// <summary>The next pixels of each row; a panel that reaches beyond the last repeats it.</summary>
    private void Gather(float* rows, int count, int pixels, float* to)
    {
        for (var k = 0; k < count; k++, rows += _layers.Pixels, to += Panel)
        {
            new Span<float>(rows, pixels).CopyTo(new(to, Panel));
            new Span<float>(to, Panel)[pixels..].Fill(rows[pixels - 1]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add(float* values, float* bias, int rows)
    {
        for (var k = 0; k < rows; k++, values += Panel)
        {
            var one = V.All(bias[k]);
            V.Store(values, V.Load(values) + one);
            V.Store(values + V.Width, V.Load(values + V.Width) + one);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Positive(float* values, int rows)
    {
        var zero = V.All(0);
        for (var k = 0; k < 2 * rows; k++, values += V.Width)
            V.Store(values, V.Max(zero, V.Load(values)));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Finish()
    {
        for (var half = 0; half < Panel; half += V.Width)
        {
            var (below, line) = (V.All(float.MaxValue), V.Load(_maps + half) * V.All(_layers.Slope));
            for (var t = 0; t < _layers.Thresholds; t++)
            {
                var odds = _result + ((nint)t * Panel) + half;
                below = V.Min(below, V.Load(odds) + line + V.All(_layers.LastBias[t]));
                V.Store(odds, below);
            }
        }
    }
}
