namespace ConvLstm.Nowcast.Studies.Digits;

/// <summary>
/// Digits drawn with a pen whose strokes, slant, size and width differ from one to the next: a stand-in where MNIST is not at hand.
/// </summary>
public sealed class StrokeDigits : IDigits
{
    // Points on strokes in a square of 0 … 1, x to the right, y down; lines between them are rounded by a Catmull-Rom spline.
    private static readonly double[][][] Strokes =
    [
        [[.50, .12, .24, .35, .26, .70, .50, .88, .74, .68, .76, .32, .50, .12]],
        [[.38, .24, .54, .12, .54, .50, .52, .88]],
        [[.26, .30, .44, .12, .70, .24, .62, .48, .40, .70, .24, .87, .50, .84, .78, .86]],
        [[.28, .20, .52, .12, .70, .26, .58, .44, .44, .48, .66, .56, .72, .74, .50, .88, .26, .80]],
        [[.40, .12, .32, .34, .26, .56, .50, .57, .78, .55], [.62, .36, .60, .62, .58, .90]],
        [[.72, .13, .50, .14, .36, .15, .33, .44, .54, .42, .72, .58, .68, .80, .46, .88, .26, .80]],
        [[.62, .12, .42, .28, .29, .52, .30, .76, .48, .88, .68, .76, .66, .57, .48, .52, .32, .64]],
        [[.24, .15, .50, .14, .76, .15, .62, .40, .50, .64, .44, .88]],
        [[.52, .48, .32, .32, .50, .13, .68, .30, .52, .48, .30, .68, .50, .88, .72, .68, .52, .48]],
        [[.68, .32, .52, .48, .33, .36, .42, .15, .64, .16, .69, .36, .66, .62, .56, .88]],
    ];

    private const int PointsPerSegment = 12;

    public string Source => "built-in strokes (no MNIST)";

    public float[] Draw(int digit, Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        double Around(double middle, double spread) => middle + (spread * ((2 * random.NextDouble()) - 1));
        var (slant, turn, wide, tall, pen) = (Around(0.1, 0.25), Around(0, 0.15), Around(0.9, 0.15), Around(0.95, 0.08), Around(1.3, 0.4));
        var image = new float[IDigits.Side * IDigits.Side];
        foreach (var stroke in Strokes[digit])
        {
            var points = stroke.Chunk(2).Select(p =>
            {
                var (x, y) = (((p[0] - 0.5) * wide) + Around(0, 0.03), ((p[1] - 0.5) * tall) + Around(0, 0.03));
                x -= slant * y;
                return (X: (x * Math.Cos(turn)) - (y * Math.Sin(turn)), Y: (x * Math.Sin(turn)) + (y * Math.Cos(turn)));
            }).ToArray();
            foreach (var (x, y) in Curve(points))
                Dab(image, (x + 0.5) * (IDigits.Side - 1), (y + 0.5) * (IDigits.Side - 1), pen);
        }
        return image;
    }

    /// <summary>Catmull and Rom 1974.</summary>
    private static IEnumerable<(double X, double Y)> Curve((double X, double Y)[] points)
    {
        for (var i = 0; i + 1 < points.Length; i++)
        {
            var (a, b, c, d) = (points[Math.Max(0, i - 1)], points[i], points[i + 1], points[Math.Min(points.Length - 1, i + 2)]);
            for (var k = 0; k <= PointsPerSegment; k++)
            {
                var t = (double)k / PointsPerSegment;
                yield return (At(a.X, b.X, c.X, d.X, t), At(a.Y, b.Y, c.Y, d.Y, t));
            }
        }

        static double At(double a, double b, double c, double d, double t) =>
            0.5 * ((2 * b) + ((c - a) * t) + (((2 * a) - (5 * b) + (4 * c) - d) * t * t) + (((3 * b) - a - (3 * c) + d) * t * t * t));
    }

    /// <summary>A round spot with a soft edge.</summary>
    private static void Dab(float[] image, double x, double y, double radius)
    {
        for (var row = Math.Max(0, (int)(y - radius - 1)); row <= Math.Min(IDigits.Side - 1, (int)(y + radius + 2)); row++)
        {
            for (var column = Math.Max(0, (int)(x - radius - 1)); column <= Math.Min(IDigits.Side - 1, (int)(x + radius + 2)); column++)
            {
                var away = Math.Sqrt(Math.Pow(column - x, 2) + Math.Pow(row - y, 2));
                ref var pixel = ref image[(row * IDigits.Side) + column];
                pixel = Math.Max(pixel, (float)Math.Clamp(radius + 0.5 - away, 0, 1));
            }
        }
    }
}
