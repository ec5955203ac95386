namespace ConvLstm.Nowcast.Ingest.Formats.Polar;

/// <summary>
/// Where a beam goes in the standard atmosphere, in which it bends as over an earth of 4/3 of the radius: Doviak and Zrnić, Doppler Radar
/// and Weather Observations
/// (1993), equations 2.28b and 2.28c.
/// </summary>
/// <param name="ElevationDegrees">Of the antenna.</param>
/// <param name="SiteHeight">Of the antenna above the sea, in metres.</param>
internal sealed record BeamGeometry(double ElevationDegrees, double SiteHeight)
{
    private const double EffectiveRadius = 4.0 / 3 * 6_371_000;

    private readonly double _elevation = double.DegreesToRadians(ElevationDegrees);

    /// <summary>Metres along the beam to where it is above a point so many metres from the radar on the ground.</summary>
    internal double SlantRange(double distance)
    {
        var angle = distance / EffectiveRadius;
        return EffectiveRadius * Math.Sin(angle) / Math.Cos(_elevation + angle);
    }

    /// <summary>Metres on the ground from the radar to below a point so many metres along the beam.</summary>
    internal double Distance(double slantRange) =>
        EffectiveRadius * Math.Asin(slantRange * Math.Cos(_elevation) / (EffectiveRadius + HeightAboveSite(slantRange)));

    /// <summary>Metres above the sea at so many metres along the beam.</summary>
    internal double Height(double slantRange) => SiteHeight + HeightAboveSite(slantRange);

    private double HeightAboveSite(double slantRange) =>
        Math.Sqrt((slantRange * slantRange) + (EffectiveRadius * EffectiveRadius)
            + (2 * slantRange * EffectiveRadius * Math.Sin(_elevation))) - EffectiveRadius;
}
