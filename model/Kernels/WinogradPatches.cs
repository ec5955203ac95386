using System.Runtime.CompilerServices;

namespace ConvLstm.Nowcast.Model.Kernels;

/// <summary>Whole patches and tiles through both directions of a transform, all channels.</summary>
internal static unsafe class WinogradPatches
{
    /// <summary>Floats of scratch memory that these methods work in.</summary>
    internal static int Room(int channels) => WinogradTransforms.Positions * (16 + channels);

    /// <summary>Patches of a piece of tiles, the channels of all parts side by side: to values[position][tile][channel].</summary>
    internal static void Inputs<V>(in WinogradTiles tiles, int piece, ReadOnlySpan<Images> parts, int channels, float* values,
        nint positionStride, float* room)
        where V : unmanaged, IFloats<V>
    {
        foreach (var part in parts)
        {
            for (int done = 0, count = tiles.TilesIn(piece); done < count;)
            {
                var run = tiles.RunAt(piece, done);
                for (var i = 0; i < run.Count; i++)
                {
                    var from = Window(part, run, i, -1, WinogradTransforms.Patch, 0, part.Channels,
                        room + (16 * WinogradTransforms.Positions), out var row, out var pixel);
                    var to = values + ((nint)(done + i) * channels);
                    var c = V.Width >= 16 ? Inputs<Floats16>(from, row, pixel, part.Channels, to, positionStride, room, 0) : 0;
                    c = V.Width >= 8 ? Inputs<Floats8>(from, row, pixel, part.Channels, to, positionStride, room, c) : c;
                    Inputs<Float1>(from, row, pixel, part.Channels, to, positionStride, room, c);
                }
                done += run.Count;
            }
            values += part.Channels;
        }
    }

    /// <summary>
    /// Gradients of the output, some channels of a piece of tiles: to values[position][tile][panel]. Their sums are added to those of the
    /// channels.
    /// </summary>
    internal static void OutputGradients<V>(
        in WinogradTiles tiles, int piece, Images gradients, int first, int columns, float* values, nint positionStride, float* sums,
            float* room)
        where V : unmanaged, IFloats<V>
    {
        for (int done = 0, count = tiles.TilesIn(piece); done < count;)
        {
            var run = tiles.RunAt(piece, done);
            for (var i = 0; i < run.Count; i++)
            {
                var from = Window(gradients, run, i, 0, WinogradTransforms.Tile, first, columns,
                    room + (16 * WinogradTransforms.Positions), out var row, out var pixel);
                var to = values + ((nint)(done + i) * 2 * V.Width);
                var c = V.Width >= 16 ? OutputGradients<Floats16>(from, row, pixel, columns, to, positionStride, sums, room, 0) : 0;
                c = V.Width >= 8 ? OutputGradients<Floats8>(from, row, pixel, columns, to, positionStride, sums, room, c) : c;
                OutputGradients<Float1>(from, row, pixel, columns, to, positionStride, sums, room, c);
            }
            done += run.Count;
        }
    }

    /// <summary>Products of one tile, values[position][panel], to its 4×4 pixels.</summary>
    internal static void Outputs<V>(float* values, nint positionStride, int columns, float* bias, float* target, nint row, nint pixel,
        float* room)
        where V : unmanaged, IFloats<V>
    {
        var c = V.Width >= 16 ? Outputs<Floats16>(values, positionStride, columns, bias, target, row, pixel, room, 0) : 0;
        c = V.Width >= 8 ? Outputs<Floats8>(values, positionStride, columns, bias, target, row, pixel, room, c) : c;
        Outputs<Float1>(values, positionStride, columns, bias, target, row, pixel, room, c);
    }

    // Each takes as many vectors of channels from c on as fit and gives the first channel that is left.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Inputs<V>(float* from, nint row, nint pixel, int channels, float* values, nint step, float* half, int c)
        where V : unmanaged, IFloats<V>
    {
        for (; c + V.Width <= channels; c += V.Width)
        {
            WinogradTransforms.Input<V>(from + c, row, pixel, half, WinogradTransforms.Patch * V.Width, V.Width);
            WinogradTransforms.Input<V>(half, V.Width, WinogradTransforms.Patch * V.Width, values + c, step,
                WinogradTransforms.Patch * step);
        }
        return c;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int OutputGradients<V>(float* from, nint row, nint pixel, int columns, float* values, nint step, float* sums,
        float* half, int c)
        where V : unmanaged, IFloats<V>
    {
        const int Tile = WinogradTransforms.Tile;
        for (; c + V.Width <= columns; c += V.Width)
        {
            Add<V>(from + c, row, pixel, sums + c);
            WinogradTransforms.OutputGradient<V>(Tile, from + c, row, pixel, half, Tile * V.Width, V.Width);
            WinogradTransforms.OutputGradient<V>(WinogradTransforms.Patch, half, V.Width, Tile * V.Width, values + c, step,
                WinogradTransforms.Patch * step);
        }
        return c;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Outputs<V>(float* values, nint step, int columns, float* bias, float* target, nint row, nint pixel, float* half,
        int c)
        where V : unmanaged, IFloats<V>
    {
        const int Patch = WinogradTransforms.Patch;
        for (; c + V.Width <= columns; c += V.Width)
        {
            WinogradTransforms.Output<V>(Patch, values + c, Patch * step, step, null, half, Patch * V.Width, V.Width);
            WinogradTransforms.Output<V>(
                WinogradTransforms.Tile, half, V.Width, Patch * V.Width, bias == null ? null : bias + c, target + c, pixel, row);
        }
        return c;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add<V>(float* from, nint row, nint pixel, float* sums)
        where V : unmanaged, IFloats<V>
    {
        var sum = V.Load(sums);
        for (var y = 0; y < WinogradTransforms.Tile; y++, from += row)
            sum += V.Load(from) + V.Load(from + pixel) + (V.Load(from + (2 * pixel)) + V.Load(from + (3 * pixel)));
        V.Store(sums, sum);
    }

    /// <summary>A square of pixels around a tile, in place where it lies within the image, else a copy with zeros around.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float* Window(Images of, TileRun run, int tile, int margin, int side, int first, int channels, float* copy,
        out nint row, out nint pixel)
    {
        int top = (WinogradTransforms.Tile * run.Row) + margin, start = (WinogradTransforms.Tile * (run.Column + tile)) + margin;
        var data = of.Image(run.Image) + first;
        if (top >= 0 && start >= 0 && top + side <= of.Height && start + side <= of.Width)
        {
            (row, pixel) = ((nint)of.Width * of.Channels, of.Channels);
            return data + (top * row) + (start * pixel);
        }
        (row, pixel) = (side * channels, channels);
        int left = Math.Clamp(-start, 0, side), right = Math.Clamp(of.Width - start, left, side);
        for (var y = 0; y < side; y++)
        {
            var line = new Span<float>(copy + (y * row), (int)row);
            line.Clear();
            if ((uint)(top + y) >= (uint)of.Height)
                continue;
            var source = data + ((((nint)(top + y) * of.Width) + start) * of.Channels);
            for (var x = left; x < right; x++)
                new Span<float>(source + ((nint)x * of.Channels), channels).CopyTo(line[(x * channels)..]);
        }
        return copy;
    }
}
