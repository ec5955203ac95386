namespace ConvLstm.Nowcast.Ingest.Simulation;

/// <summary>
/// Where rain grows and where it decays: a few long waves between −1 and 1 that move slower than the rain, so that rain running into a
/// crest grows and behind it decays. What makes rain (fronts, hills, moist air) does not move with the rain either.
/// </summary>
internal sealed class Envelope
{
    private const int Waves = 3;
    private readonly (double Kx, double Ky, double Phase, double PerHour)[] _waves = new (double, double, double, double)[Waves];
    private double _shiftX;
    private double _shiftY;

    internal Envelope(double size, Random random)
    {
        for (var w = 0; w < Waves; w++)
        {
            var angle = 2 * Math.PI * random.NextDouble();
            var wavelength = size * (0.7 + (0.8 * random.NextDouble()));
            var k = 2 * Math.PI / wavelength;
            // Each wave also rises and falls within two to five hours.
            _waves[w] = (k * Math.Cos(angle), k * Math.Sin(angle), 2 * Math.PI * random.NextDouble(),
                2 * Math.PI / (2 + (3 * random.NextDouble())));
        }
    }

    internal void Move(double dx, double dy)
    {
        const double ShareOfWind = 0.3;
        _shiftX += ShareOfWind * dx;
        _shiftY += ShareOfWind * dy;
    }

    /// <summary>One row of the envelope at a time.</summary>
    internal void Row(int row, TimeSpan time, Span<double> values)
    {
        values.Clear();
        foreach (var (kx, ky, phase, perHour) in _waves)
        {
            // cos(kx·x + c) by recurrence from one pixel to the next: no cosine for each.
            var c = (ky * (row - _shiftY)) - (kx * _shiftX) + phase;
            var (sin, cos) = Math.SinCos(c);
            var (sinStep, cosStep) = Math.SinCos(kx);
            var weight = (0.75 + (0.25 * Math.Cos((perHour * time.TotalHours) + phase))) / Waves;
            for (var i = 0; i < values.Length; i++)
            {
                values[i] += weight * cos;
                (cos, sin) = ((cos * cosStep) - (sin * sinStep), (sin * cosStep) + (cos * sinStep));
            }
        }
    }
}
