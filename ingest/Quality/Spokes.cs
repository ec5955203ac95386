namespace ConvLstm.Nowcast.Ingest.Quality;

/// <summary>
/// Spokes: thin straight wet lines, as the interference of transmitters draws them along a radar's beam (Peura, Computer vision methods
/// for anomaly removal, ERAD 2002, finds them by the same marks, thinness and elongation). The radars' positions need not be known.
/// One line may be rain as well, that of a narrow cold front; beams fan out, so only lines of several directions are surely spokes.
/// </summary>
internal static class Spokes
{
    // Where an opening with this square leaves nothing, the wet area is thin.
    private const int Opening = 7;

    // In pixels; and how many times longer than wide.
    private const double LeastLength = 40;
    private const double LeastElongation = 8;

    // A line of so many holes for each of its pixels is none.
    private const double LeastFill = 0.4;

    /// <summary>Two lines are of one direction within this angle, in radians.</summary>
    private const double OneDirection = Math.PI / 12;

    /// <summary>The number of pixels in thin lines, and whether the lines fan out.</summary>
    internal static (int Pixels, bool FanOut) Find(RadarFrame frame)
    {
        var (width, height) = (frame.Grid.Width, frame.Grid.Height);
        var wet = Array.ConvertAll(frame.RainRate, r => r > ScanSummary.WetAbove);
        var thin = Thin(wet, width, height);
        var (pixels, directions) = (0, new List<double>());
        var open = new Stack<int>();
        for (var i = 0; i < thin.Length; i++)
        {
            if (!thin[i])
                continue;
            var shape = Component(thin, width, height, i, open);
            if (!IsLine(shape))
                continue;
            pixels += shape.Count;
            directions.Add(shape.Direction());
        }
        return (pixels, directions.Exists(d => Math.Abs(Math.IEEERemainder(d - directions[0], Math.PI)) > OneDirection));
    }

    private static bool IsLine(Moments shape)
    {
        var (length, breadth) = shape.Axes();
        return length >= LeastLength && length >= LeastElongation * breadth && shape.Count >= LeastFill * length;
    }

    // Wet pixels that no square of wet pixels covers: the top-hat of mathematical morphology (Serra 1982), by running sums.
    private static bool[] Thin(bool[] wet, int width, int height)
    {
        var core = Squares(wet, width, height, full: true);
        var covered = Squares(core, width, height, full: false);
        var thin = new bool[wet.Length];
        for (var i = 0; i < thin.Length; i++)
            thin[i] = wet[i] && !covered[i];
        return thin;
    }

    // True where the square around a pixel is all set (full), or has any set.
    private static bool[] Squares(bool[] set, int width, int height, bool full)
    {
        const int Half = Opening / 2;
        var rows = Runs(set, width, height, 1, width, Half, full);
        return Runs(rows, height, width, width, 1, Half, full);
    }

    // Along lines of <length> pixels that are <step> apart, of which there are <lines>, <lineStep> apart.
    private static bool[] Runs(bool[] set, int length, int lines, int step, int lineStep, int half, bool full)
    {
        var result = new bool[set.Length];
        for (var line = 0; line < lines; line++)
        {
            var (first, inside) = (line * lineStep, 0);
            for (var i = -half; i < length; i++)
            {
                if (i + half < length && set[first + ((i + half) * step)])
                    inside++;
                if (i - half - 1 >= 0 && set[first + ((i - half - 1) * step)])
                    inside--;
                if (i >= 0)
                    result[first + (i * step)] = full ? inside == (2 * half) + 1 : inside > 0;
            }
        }
        return result;
    }

    // The eight-connected pixels, cleared as they are counted.
    private static Moments Component(bool[] thin, int width, int height, int start, Stack<int> open)
    {
        var moments = new Moments();
        thin[start] = false;
        open.Push(start);
        while (open.TryPop(out var at))
        {
            var (row, column) = (at / width, at % width);
            moments.Add(column, row);
            for (var r = Math.Max(0, row - 1); r <= Math.Min(height - 1, row + 1); r++)
            {
                for (var c = Math.Max(0, column - 1); c <= Math.Min(width - 1, column + 1); c++)
                {
                    if (!thin[(r * width) + c])
                        continue;
                    thin[(r * width) + c] = false;
                    open.Push((r * width) + c);
                }
            }
        }
        return moments;
    }
}
