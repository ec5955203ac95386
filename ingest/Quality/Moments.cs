namespace ConvLstm.Nowcast.Ingest.Quality;

/// <summary>The size and elongation of a set of pixels by its second moments.</summary>
internal struct Moments
{
    private double _x, _y, _xx, _xy, _yy;

    internal int Count { get; private set; }

    internal void Add(double x, double y)
    {
        Count++;
        (_x, _y, _xx, _xy, _yy) = (_x + x, _y + y, _xx + (x * x), _xy + (x * y), _yy + (y * y));
    }

    /// <summary>
    /// Length and breadth of the rectangle with the same moments: √(12 λ), with a pixel's own extent of 1/12 in each variance.
    /// </summary>
    internal readonly (double Length, double Breadth) Axes()
    {
        var (varX, varY, covariance) = Variances();
        var (half, root) = ((varX + varY) / 2, Math.Sqrt(Math.Pow((varX - varY) / 2, 2) + (covariance * covariance)));
        return (Math.Sqrt(12 * (half + root)), Math.Sqrt(12 * Math.Max(half - root, 1e-9)));
    }

    /// <summary>Of the length, in radians from the x axis.</summary>
    internal readonly double Direction()
    {
        var (varX, varY, covariance) = Variances();
        return Math.Atan2(2 * covariance, varX - varY) / 2;
    }

    private readonly (double X, double Y, double Covariance) Variances()
    {
        var (meanX, meanY) = (_x / Count, _y / Count);
        return ((_xx / Count) - (meanX * meanX) + (1 / 12.0), (_yy / Count) - (meanY * meanY) + (1 / 12.0),
            (_xy / Count) - (meanX * meanY));
    }
}
