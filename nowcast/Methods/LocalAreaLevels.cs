using ConvLstm.Nowcast.Ingest;

namespace ConvLstm.Nowcast.Methods;

/// <summary>
/// How the level of a map (<see cref="AreaLevel"/>) differs from place to place. One level for all the grid gives the area to where rain
/// is most certain and takes it from small showers elsewhere; one that each neighbourhood's own area asks for keeps the showers where
/// they are, but does not let the networks' growth and decay move the area. It is between both, in log-odds, and changes linearly
/// between the corners of tiles.
/// </summary>
internal sealed class LocalAreaLevels
{
    /// <summary>How much the neighbourhood counts at the end; in the next minutes all of it. Chosen by cross-validation.</summary>
    private const double Belief = 0.4;

    /// <summary>Minutes in which what is seen of each shower is worth the most.</summary>
    private const double Soon = 15;

    /// <summary>The side of a tile; a neighbourhood is the four about a corner. Chosen by cross-validation between 24 and 64.</summary>
    private const double TileKilometres = 24;

    /// <summary>Smaller tiles have too few pixels to count.</summary>
    private const int FewestPixels = 8;

    /// <summary>How far a neighbourhood's level is from the grid's at most, in log-odds.</summary>
    private const double Most = 1.5;

    private readonly int _side;
    private readonly int _corners;
    private readonly float[] _factors;

    private LocalAreaLevels(int side, int corners, float[] factors) => (_side, _corners, _factors) = (side, corners, factors);

    /// <param name="grid">The grid.</param>
    /// <param name="probabilities">H·W: of a threshold, 0 to 1.</param>
    /// <param name="known">H·W: the pixels that count.</param>
    /// <param name="shown">How many pixels of the threshold the map shows.</param>
    /// <param name="rate">The threshold, mm/h.</param>
    /// <param name="level">The level of all the grid, of the same probabilities.</param>
    internal static LocalAreaLevels Of(
        RadarGrid grid, ReadOnlySpan<float> probabilities, ReadOnlySpan<bool> known, ShownArea shown, float rate, double level)
    {
        var side = Math.Max(FewestPixels, (int)Math.Round(TileKilometres / PixelSize.SideKilometres(grid)));
        var (rows, columns) = ((grid.Height + side - 1) / side, (grid.Width + side - 1) / side);
        var factors = new float[(rows + 1) * (columns + 1)];
        var belief = Belief + ((1 - Belief) * Math.Exp(-shown.Lead.TotalMinutes / Soon));
        var (above, below, about) = (Tile.Row(columns), Tile.Row(columns), new ProbabilityCounts());
        for (var row = 0; row <= rows; row++)
        {
            (above, below) = (below, above);
            foreach (var tile in below)
                tile.Clear();
            for (var y = row * side; y < Math.Min(grid.Height, (row + 1) * side); y++)
            {
                for (var x = 0; x < grid.Width; x += side)
                {
                    var tile = (y * grid.Width) + x;
                    var pixels = tile..(tile + Math.Min(side, grid.Width - x));
                    below[x / side].Add(probabilities[pixels], known[pixels], shown.Extrapolated.AsSpan(pixels), rate);
                }
            }
            for (var column = 0; column <= columns; column++)
            {
                Tile[] near = [.. About(above, column), .. About(below, column)];
                factors[(row * (columns + 1)) + column] = (float)Math.Exp(belief * Shift(near, about, shown, level));
            }
        }
        return new(side, columns + 1, factors);
    }

    /// <summary>What the odds of the grid's level are multiplied with at a pixel.</summary>
    internal float Factor(int row, int column)
    {
        var at = (row / _side * _corners) + (column / _side);
        var (down, right) = ((row % _side + 0.5f) / _side, (column % _side + 0.5f) / _side);
        var upper = _factors[at] + ((_factors[at + 1] - _factors[at]) * right);
        var lower = _factors[at + _corners] + ((_factors[at + _corners + 1] - _factors[at + _corners]) * right);
        return upper + ((lower - upper) * down);
    }

    /// <summary>How far the level of a neighbourhood is from that of the grid, in log-odds.</summary>
    private static double Shift(Tile[] near, ProbabilityCounts about, ShownArea shown, double level)
    {
        var pixels = shown.Grown(near.Sum(tile => tile.Reached));
        if (pixels == 0)
            return Most;
        about.Clear();
        foreach (var tile in near)
            about.Add(tile.Counts);
        var here = Math.Max(AreaLevel.Least, about.ReachedBy(pixels));
        return Math.Clamp(RateDistribution.LogOdds(here) - RateDistribution.LogOdds(level), -Most, Most);
    }

    private static IEnumerable<Tile> About(Tile[] row, int column) => row.Take(Math.Max(0, column - 1)..Math.Min(row.Length, column + 1));

    private sealed class Tile
    {
        internal ProbabilityCounts Counts { get; } = new();

        /// <summary>Pixels that the newest rain has of the threshold.</summary>
        internal int Reached { get; private set; }

        internal static Tile[] Row(int columns) => [.. Enumerable.Range(0, columns).Select(_ => new Tile())];

        internal void Clear()
        {
            Counts.Clear();
            Reached = 0;
        }

        internal void Add(ReadOnlySpan<float> probabilities, ReadOnlySpan<bool> known, ReadOnlySpan<float> extrapolated, float rate)
        {
            for (var pixel = 0; pixel < probabilities.Length; pixel++)
            {
                Reached += ShownArea.Has(extrapolated[pixel], rate) ? 1 : 0;
                if (known[pixel])
                    Counts.Add(probabilities[pixel]);
            }
        }
    }
}
