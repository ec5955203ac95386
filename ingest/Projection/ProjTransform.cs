namespace ConvLstm.Nowcast.Ingest.Projection;

/// <summary>
/// Longitude and latitude in degrees to projection coordinates in metres and back, by PROJ, on the projection's own ellipsoid.
/// Each object has a PROJ context of its own and may be used from several threads, which take turns.
/// </summary>
public sealed unsafe class ProjTransform : IDisposable
{
    private readonly Lock _gate = new();
    private readonly bool _geographic;
    private IntPtr _context;
    private IntPtr _projection;

    /// <exception cref="FormatException">PROJ does not know the projection.</exception>
    public ProjTransform(string proj)
    {
        var parsed = ProjString.Parse(proj);
        _geographic = parsed.IsGeographic;
        if (_geographic)
            return;
        _context = NativeProj.CreateContext();
        _projection = NativeProj.proj_create(_context, parsed.ToString());
        if (_projection == IntPtr.Zero)
        {
            Dispose();
            throw new FormatException($"PROJ does not know the projection '{proj}'.");
        }
    }

    /// <summary>Longitudes and latitudes in degrees become x and y in place; NaN where the projection has no such point.</summary>
    public void ToProjection(Span<double> longitudeToX, Span<double> latitudeToY)
    {
        if (_geographic)
            return;
        for (var i = 0; i < longitudeToX.Length; i++)
        {
            longitudeToX[i] = double.DegreesToRadians(longitudeToX[i]);
            latitudeToY[i] = double.DegreesToRadians(latitudeToY[i]);
        }
        Transform(NativeProj.Forward, longitudeToX, latitudeToY);
    }

    /// <summary>x and y become longitudes and latitudes in degrees in place; NaN where there is no such point.</summary>
    public void ToLonLat(Span<double> xToLongitude, Span<double> yToLatitude)
    {
        if (_geographic)
            return;
        Transform(NativeProj.Inverse, xToLongitude, yToLatitude);
        for (var i = 0; i < xToLongitude.Length; i++)
        {
            xToLongitude[i] = double.RadiansToDegrees(xToLongitude[i]);
            yToLatitude[i] = double.RadiansToDegrees(yToLatitude[i]);
        }
    }

    public (double X, double Y) ToProjection(double longitude, double latitude)
    {
        ToProjection(new Span<double>(ref longitude), new Span<double>(ref latitude));
        return (longitude, latitude);
    }

    public (double Longitude, double Latitude) ToLonLat(double x, double y)
    {
        ToLonLat(new Span<double>(ref x), new Span<double>(ref y));
        return (x, y);
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_projection != IntPtr.Zero)
                _ = NativeProj.proj_destroy(_projection);
            if (_context != IntPtr.Zero)
                _ = NativeProj.proj_context_destroy(_context);
            _projection = _context = IntPtr.Zero;
        }
    }

    private void Transform(int direction, Span<double> x, Span<double> y)
    {
        if (x.Length != y.Length)
            throw new ArgumentException($"{x.Length} x do not go with {y.Length} y.");
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_projection == IntPtr.Zero, this);
            fixed (double* xs = x, ys = y)
            {
                _ = NativeProj.proj_trans_generic(_projection, direction,
                    xs, sizeof(double), (nuint)x.Length, ys, sizeof(double), (nuint)y.Length, null, 0, 0, null, 0, 0);
            }
        }
        for (var i = 0; i < x.Length; i++)
        {
            if (!double.IsFinite(x[i]) || !double.IsFinite(y[i]))
                x[i] = y[i] = double.NaN;
        }
    }
}
