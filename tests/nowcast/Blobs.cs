using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Sequences;

namespace ConvLstm.Nowcast.Tests;

/// <summary>Rain as smooth cells with a known motion: a sum of Gaussians, exact at any place and time.</summary>
internal sealed class Blobs
{
    private readonly (double X, double Y, double Peak, double Size)[] _cells;

    internal Blobs(int width, int height, int count = 40, int seed = 1)
    {
        (Width, Height) = (width, height);
        var random = new Random(seed);
        // Some lie outside, so that rain moves in as well.
        _cells = Enumerable.Range(0, count).Select(_ => (
            ((random.NextDouble() * 1.4) - 0.2) * width, ((random.NextDouble() * 1.4) - 0.2) * height,
            1 + (random.NextDouble() * 15), 4 + (random.NextDouble() * 6))).ToArray();
    }

    internal int Width { get; }

    internal int Height { get; }

    internal double At(double x, double y) =>
        _cells.Sum(c => c.Peak * Math.Exp(-(((x - c.X) * (x - c.X)) + ((y - c.Y) * (y - c.Y))) / (2 * c.Size * c.Size)));

    /// <summary>mm/h, row-major, of the air that was at <paramref name="from"/>; below 0.05 mm/h it is dry.</summary>
    internal float[] Field(Func<double, double, (double X, double Y)> from)
    {
        var field = new float[Width * Height];
        for (var y = 0; y < Height; y++)
        {
            for (var x = 0; x < Width; x++)
            {
                var (fromX, fromY) = from(x, y);
                var rain = At(fromX, fromY);
                field[(y * Width) + x] = rain < 0.05 ? 0 : (float)rain;
            }
        }
        return field;
    }

    internal float[] Shifted(double x, double y) => Field((px, py) => (px - x, py - y));

    /// <summary>The field turned about the middle, in radians, from x towards y.</summary>
    internal float[] Turned(double angle)
    {
        var (cx, cy, cos, sin) = ((Width - 1) / 2.0, (Height - 1) / 2.0, Math.Cos(angle), Math.Sin(angle));
        return Field((x, y) => (cx + (cos * (x - cx)) + (sin * (y - cy)), cy - (sin * (x - cx)) + (cos * (y - cy))));
    }

    /// <summary>Scans that move by (x, y) pixels a step.</summary>
    internal RadarSequence Moving(double x, double y, int frames = 4, double stepMinutes = 5) =>
        Sequence(Enumerable.Range(0, frames).Select(i => Shifted(i * x, i * y)), stepMinutes);

    internal RadarSequence Sequence(IEnumerable<float[]> fields, double stepMinutes = 5)
    {
        var grid = Sample.RadarGrid(Width, Height);
        return new RadarSequence(
            TimeSpan.FromMinutes(stepMinutes),
                fields.Select((f, i) => new RadarFrame(grid, Sample.Time.AddMinutes(i * stepMinutes), f)).ToArray());
    }

    /// <summary>(T, H, W).</summary>
    internal Tensor Tensor(params float[][] fields) => stack(fields.Select(f => tensor(f, [Height, Width])));
}
