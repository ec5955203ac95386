namespace ConvLstm.Nowcast.Ingest.Simulation;

/// <summary>
/// Convective cells with a life: they grow for two fifths of it and decay for the rest. Rain falls off exponentially from the core, as in
/// the EXCELL model (Capsoni et al. 1987, <see href="https://doi.org/10.1029/RS022i003p00395"/>). They are born in clusters, on the
/// leading side of older ones.
/// </summary>
internal sealed class ConvectiveCells
{
    // Half width of the square that a cell is drawn in, in radii: beyond it there is less than a 400th of the core.
    private const double Reach = 6;
    private const double Margin = 40;
    private const double GrowingShare = 0.4;
    private const double CellsPerCluster = 2.5;
    private const double MeanLifeMinutes = 50;

    private readonly int _size;
    private readonly double _stepMinutes;
    private readonly double _birthsPerStep;
    private readonly Random _random;
    private readonly List<Cell> _cells = [];
    private readonly (double X, double Y)[] _clusters;

    internal ConvectiveCells(int size, double cellsPerMegapixel, double stepMinutes, Random random)
    {
        _size = size;
        _stepMinutes = stepMinutes;
        _random = random;
        var alive = cellsPerMegapixel * Extent * Extent / 1e6;
        _birthsPerStep = alive * stepMinutes / MeanLifeMinutes;
        _clusters = new (double, double)[alive == 0 ? 0 : Math.Max(1, (int)Math.Round(alive / CellsPerCluster))];
        for (var i = 0; i < _clusters.Length; i++)
            _clusters[i] = (Wrap(random.NextDouble() * Extent), Wrap(random.NextDouble() * Extent));
    }

    private double Extent => _size + (2 * Margin);

    internal void Advance(double dx, double dy)
    {
        for (var i = 0; i < _clusters.Length; i++)
            _clusters[i] = (Wrap(_clusters[i].X + dx + Margin), Wrap(_clusters[i].Y + dy + Margin));
        foreach (var cell in _cells)
        {
            cell.X += dx + cell.DriftX;
            cell.Y += dy + cell.DriftY;
            cell.Age += _stepMinutes;
        }
        _cells.RemoveAll(c => c.Age >= c.Life);
        for (var births = Poisson(_birthsPerStep); births > 0; births--)
            Add(dx, dy);
    }

    /// <summary>Adds the rain of all cells in mm/h; <paramref name="texture"/> roughens them.</summary>
    internal void Draw(Span<float> rainRate, Func<int, int, double> texture)
    {
        foreach (var cell in _cells)
        {
            var (rate, radius) = (cell.Rate, cell.Radius);
            var reach = (int)Math.Ceiling(Reach * radius * Math.Max(cell.Elongation, 1 / cell.Elongation));
            var (cos, sin) = (Math.Cos(cell.Angle), Math.Sin(cell.Angle));
            for (var row = Math.Max(0, (int)cell.Y - reach); row <= Math.Min(_size - 1, (int)cell.Y + reach); row++)
            {
                for (var column = Math.Max(0, (int)cell.X - reach); column <= Math.Min(_size - 1, (int)cell.X + reach); column++)
                {
                    var (x, y) = (column - cell.X, row - cell.Y);
                    var along = ((x * cos) + (y * sin)) / cell.Elongation;
                    var across = ((y * cos) - (x * sin)) * cell.Elongation;
                    var distance = Math.Sqrt((along * along) + (across * across)) / radius;
                    // The texture is log-normal with mean 1, hence minus half of 0.6 squared.
                    if (distance < Reach)
                        rainRate[(row * _size) + column] += (float)(rate * Math.Exp(-distance + (0.6 * texture(row, column)) - 0.18));
                }
            }
        }
    }

    private void Add(double dx, double dy)
    {
        var (x, y) = _clusters[_random.Next(_clusters.Length)];
        var (sideX, sideY) = Gaussian.Pair(_random);
        var (driftX, driftY) = Gaussian.Pair(_random);
        var (size, strength) = Gaussian.Pair(_random);
        var (stretch, turn) = Gaussian.Pair(_random);
        // Ahead of the cluster by some steps of the wind.
        _cells.Add(new Cell
        {
            X = x + (2 * dx) + (14 * sideX),
            Y = y + (2 * dy) + (14 * sideY),
            DriftX = 0.15 * driftX * _stepMinutes / 5,
            DriftY = 0.15 * driftY * _stepMinutes / 5,
            PeakRate = Math.Min(70, 28 * Math.Exp(0.5 * strength)),
            LargestRadius = Math.Clamp(1.9 * Math.Exp(0.3 * size), 1.2, 4),
            Life = MeanLifeMinutes * (0.6 + (0.8 * _random.NextDouble())),
            Elongation = Math.Clamp(Math.Exp(0.2 * stretch), 0.7, 1.4),
            Angle = Math.Atan2(dy, dx) + (0.5 * turn),
        });
    }

    private double Wrap(double position) => position - (Extent * Math.Floor(position / Extent)) - Margin;

    // Knuth's method; the means here are small.
    private int Poisson(double mean)
    {
        var count = 0;
        for (; mean > 20; mean -= 20)
            count += Poisson(20);
        var limit = Math.Exp(-mean);
        for (var product = _random.NextDouble(); product > limit; product *= _random.NextDouble())
            count++;
        return count;
    }

    private sealed class Cell
    {
        internal double X;
        internal double Y;
        internal double Age;
        internal required double DriftX { get; init; }
        internal required double DriftY { get; init; }
        internal required double PeakRate { get; init; }
        internal required double LargestRadius { get; init; }
        internal required double Life { get; init; }
        internal required double Elongation { get; init; }
        internal required double Angle { get; init; }

        internal double Rate => PeakRate * Strength;

        internal double Radius => LargestRadius * (0.6 + (0.4 * Strength));

        private double Strength
        {
            get
            {
                var u = Age / Life;
                var s = u < GrowingShare ? Math.Sin(Math.PI / 2 * u / GrowingShare)
                    : Math.Cos(Math.PI / 2 * (u - GrowingShare) / (1 - GrowingShare));
                return s * s;
            }
        }
    }
}
