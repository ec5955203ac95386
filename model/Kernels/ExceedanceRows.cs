using System.Runtime.CompilerServices;

namespace ConvLstm.Nowcast.Model.Kernels;

/// <summary>Rows of pixels through the head, a panel of two vectors of pixels at once.</summary>
internal sealed unsafe class ExceedanceRows<V>
    where V : unmanaged, IFloats<V>
{
    private readonly ExceedanceWork _w;
    private readonly CoarseColumns _columns;
    private readonly float* _rain, _rung, _base, _inner, _added, _below, _row;

    private ExceedanceRows(ExceedanceWork work, CoarseColumns columns)
    {
        (_w, _columns) = (work, columns);
        nint rows = Padded(work.Channels + work.Leads), states = Padded(work.Leads * work.Channels), coarse = states * work.CoarseWidth;
        var scratch = Scratch.OfThread(
            (Panel * (work.RainFeatures + work.ThresholdFeatures + (2 * rows) + states + work.Leads)) + coarse);
        _rain = scratch.Take(work.RainFeatures * Panel);
        _rung = scratch.Take(work.ThresholdFeatures * Panel);
        _base = scratch.Take(rows * Panel);
        _inner = scratch.Take(rows * Panel);
        _added = scratch.Take(states * Panel);
        _below = scratch.Take(work.Leads * Panel);
        _row = scratch.Take(coarse);
    }

    private static int Panel => 2 * V.Width;

    internal static void Run(ExceedanceWork work, int threads)
    {
        const int Rows = 4;
        var columns = new CoarseColumns(work, Panel);
        int all = work.Batch * work.Height, pieces = (all + Rows - 1) / Rows;
        WorkerThreads.Run(pieces, threads, piece =>
        {
            var rows = new ExceedanceRows<V>(work, columns);
            for (var row = piece * Rows; row < Math.Min(all, (piece + 1) * Rows); row++)
                rows.Row(row / work.Height, row % work.Height);
        });
    }

    private static int Padded(int rows) => rows + (2 * MatrixProduct.Block);

    private void Row(int image, int row)
    {
        var ready = false;
        for (var column = 0; column < _w.Width; column += Panel)
        {
            var pixels = Math.Min(Panel, _w.Width - column);
            var pixel = ((nint)row * _w.Width) + column;
            var near = new ReadOnlySpan<float>(_w.Near + (image * _w.Plane) + pixel, pixels);
            if (!near.Contains(1))
            {
                for (nint k = 0; k < _w.Leads * _w.Thresholds; k++)
                    new Span<float>(Result(image, (int)k, pixel), pixels).Fill(_w.Persistence.Dry);
                continue;
            }
            if (!ready)
                CoarseRow(image, row);
            ready = true;
            Pixels(image, pixel, column / Panel, near);
        }
    }

    private float* Result(int image, int leadAndThreshold, nint pixel) =>
        _w.Results + ((((nint)image * _w.Leads * _w.Thresholds) + leadAndThreshold) * _w.Plane) + pixel;

    /// <summary>The states between two rows of their raster, scaled and shifted as the hidden channels are.</summary>
    private void CoarseRow(int image, int row)
    {
        var at = CoarsePlace.Between((row * _w.CoarseStep) + _w.CoarseRow, _w.CoarseHeight);
        int plane = _w.CoarseHeight * _w.CoarseWidth, width = _w.CoarseWidth;
        for (var k = 0; k < _w.Leads * _w.Channels; k++)
        {
            int lead = k / _w.Channels, channel = k % _w.Channels;
            var state = _w.States + (((((nint)lead * _w.Batch) + image) * _w.Channels) + channel) * plane;
            float* lower = state + ((nint)at.Lower * width), upper = state + ((nint)at.Upper * width), to = _row + ((nint)k * width);
            var x = Mix<V>(lower, upper, at.Share, _w.Scale[k], _w.Shift[k], to, 0, width);
            Mix<Float1>(lower, upper, at.Share, _w.Scale[k], _w.Shift[k], to, x, width);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Mix<TFloats>(float* lower, float* upper, float share, float scale, float shift, float* to, int x, int width)
        where TFloats : unmanaged, IFloats<TFloats>
    {
        for (; x + TFloats.Width <= width; x += TFloats.Width)
        {
            var low = TFloats.Load(lower + x);
            var mixed = TFloats.MultiplyAdd(TFloats.Load(upper + x) - low, TFloats.All(share), low);
            TFloats.Store(to + x, TFloats.MultiplyAdd(mixed, TFloats.All(scale), TFloats.All(shift)));
        }
        return x;
    }

    private void Pixels(int image, nint pixel, int panel, ReadOnlySpan<float> near)
    {
        var (first, count) = _columns.Range(panel);
        MatrixProduct.Multiply<V>(_row + first, _w.CoarseWidth, 1, _columns.Weights(panel), _w.Leads * _w.Channels, count, _added, false);
        Gather(_w.Rain + ((nint)image * _w.RainFeatures * _w.Plane) + pixel, _w.RainFeatures, near.Length, _rain);
        for (var k = 0; k < _w.Channels + _w.Leads; k++)
            new Span<float>(_base + ((nint)k * Panel), Panel).Fill(_w.Bias[k]);
        MatrixProduct.Multiply<V>(_w.ReadRain, _w.RainFeatures, 1, _rain, _w.Channels + _w.Leads, _w.RainFeatures, _base, true);
        for (var threshold = 0; threshold < _w.Thresholds; threshold++)
        {
            Gather(_w.PerThreshold + (((((nint)image * _w.Thresholds) + threshold) * _w.ThresholdFeatures) * _w.Plane) + pixel,
                _w.ThresholdFeatures, near.Length, _rung);
            var rows = (_w.Channels + _w.Leads) * Panel;
            new Span<float>(_base, rows).CopyTo(new(_inner, rows));
            MatrixProduct.Multiply<V>(_w.ReadRung, _w.ThresholdFeatures, 1, _rung, _w.Channels + _w.Leads, _w.ThresholdFeatures, _inner,
                true);
            for (var lead = 0; lead < _w.Leads; lead++)
            {
                var below = _below + ((nint)lead * Panel);
                Odds(lead, threshold == 0, below);
                Store(below, near, Result(image, (lead * _w.Thresholds) + threshold, pixel));
            }
        }
    }

    /// <summary>The next pixels of each image; a panel that reaches beyond the row repeats its last pixel.</summary>
    private void Gather(float* images, int count, int pixels, float* to)
    {
        for (var k = 0; k < count; k++, images += _w.Plane, to += Panel)
        {
            new Span<float>(images, pixels).CopyTo(new(to, Panel));
            new Span<float>(to, Panel)[pixels..].Fill(images[pixels - 1]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Odds(int lead, bool lowest, float* below)
    {
        int channels = _w.Channels, second = V.Width;
        float* inner = _inner, added = _added + ((nint)lead * channels * Panel), line = _inner + ((nint)(channels + lead) * Panel);
        var scale = _w.Scale + ((nint)lead * channels);
        V zero = V.All(0), sum = V.Load(line), sum2 = V.Load(line + second);
        for (var c = 0; c < channels; c++, inner += Panel, added += Panel)
        {
            V factor = V.All(scale[c]), last = V.All(_w.Last[c]);
            sum = V.MultiplyAdd(last, V.Max(zero, V.MultiplyAdd(V.Load(inner), factor, V.Load(added))), sum);
            sum2 = V.MultiplyAdd(last, V.Max(zero, V.MultiplyAdd(V.Load(inner + second), factor, V.Load(added + second))), sum2);
        }
        Finish(lead, lowest, sum, below, 0);
        Finish(lead, lowest, sum2, below, second);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Finish(int lead, bool lowest, V sum, float* below, int at)
    {
        var persistence = _w.Persistence;
        var above = V.Load(_rain + ((nint)persistence.Newest * Panel) + at) - V.Load(_rung + ((nint)persistence.Threshold * Panel) + at)
            + V.All(persistence.Slack);
        sum += above * V.All(persistence.Sureness) * V.All(_w.Steepness[lead]);
        V.Store(below + at, lowest ? sum : V.Min(V.Load(below + at), sum));
    }

    private void Store(float* odds, ReadOnlySpan<float> near, float* to)
    {
        if (!near.Contains(0))
        {
            new Span<float>(odds, near.Length).CopyTo(new(to, near.Length));
            return;
        }
        for (var i = 0; i < near.Length; i++)
            to[i] = near[i] == 0 ? _w.Persistence.Dry : odds[i];
    }
}
