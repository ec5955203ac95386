namespace ConvLstm.Nowcast.Ingest.Simulation;

/// <summary>
/// What carries the rain: one vector for the whole grid, which turns and swells slowly. Between 4 and 9 m/s, so 1 to 3 pixels in 5
/// minutes.
/// </summary>
internal sealed class Wind
{
    private const double MetresPerPixel = 1000;

    private readonly double _speed;
    private readonly double _direction;
    private readonly double _turnPerHour;
    private readonly double _phase;

    internal Wind(Random random)
    {
        _speed = 4 + (5 * random.NextDouble());
        _direction = 2 * Math.PI * random.NextDouble();
        // 5 to 20 degrees an hour, to either side.
        _turnPerHour = double.DegreesToRadians(5 + (15 * random.NextDouble())) * (random.NextDouble() < 0.5 ? -1 : 1);
        _phase = 2 * Math.PI * random.NextDouble();
    }

    /// <summary>Pixels that the rain moves in the step that ends at <paramref name="time"/>: to the east, to the south.</summary>
    internal (double X, double Y) Displacement(TimeSpan time, TimeSpan step)
    {
        var hours = (time - (step / 2)).TotalHours;
        var speed = _speed * (1 + (0.15 * Math.Sin((2 * Math.PI * hours / 3) + _phase)));
        var pixels = speed * step.TotalSeconds / MetresPerPixel;
        var direction = _direction + (_turnPerHour * hours);
        return (pixels * Math.Cos(direction), pixels * Math.Sin(direction));
    }
}
