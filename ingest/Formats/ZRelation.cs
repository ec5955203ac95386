namespace ConvLstm.Nowcast.Ingest.Formats;

/// <summary>
/// Z = a R^b, with the reflectivity factor Z in mm⁶ m⁻³ and the rain rate R in mm/h. The default is that of Marshall and Palmer (1948),
/// <see href="https://doi.org/10.1175/1520-0469(1948)005%3C0165:TDORWS%3E2.0.CO;2"/>.
/// </summary>
/// <param name="A">The factor, 200 by default.</param>
/// <param name="B">The exponent, 1.6 by default.</param>
public sealed record ZRelation(double A = 200, double B = 1.6)
{
    /// <summary>Marshall and Palmer 1948: a = 200, b = 1.6.</summary>
    public static ZRelation MarshallPalmer { get; } = new();

    /// <summary>
    /// Rates below this, in mm/h, become 0: 0.05 mm/h, which is 2.2 dBZ with the default relation. Composites fill echo-free pixels
    /// with a low code (−32 dBZ in the KNMI and FMI files) and show clear-air echo and receiver noise of a few dBZ; none of
    /// it reaches the ground as rain that a gauge could tell from none. It is half the rate from which a pixel counts as wet.
    /// </summary>
    public double DryBelow { get; init; } = 0.05;

    /// <summary>mm/h from dBZ; 0 below <see cref="DryBelow"/>. Minus infinity, the logarithm of no echo, is dry too.</summary>
    public double RainRate(double dbz) => RainRateOfZ(Math.Pow(10, dbz / 10));

    /// <summary>mm/h from Z in mm⁶ m⁻³.</summary>
    public double RainRateOfZ(double z)
    {
        var rate = Math.Pow(z / A, 1 / B);
        return rate < DryBelow ? 0 : rate;
    }
}
