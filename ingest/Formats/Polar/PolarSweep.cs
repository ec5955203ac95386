using System.Globalization;
using ConvLstm.Nowcast.Ingest.Projection;

namespace ConvLstm.Nowcast.Ingest.Formats.Polar;

/// <summary>One turn of an antenna at one elevation: where its gates lie.</summary>
/// <param name="Longitude">Of the radar, degrees.</param>
/// <param name="Latitude">Of the radar, degrees.</param>
/// <param name="Beam">Its elevation and height.</param>
/// <param name="Azimuths">Degrees from north, clockwise, of the middle of each ray in the file's order.</param>
/// <param name="FirstGate">Metres to the middle of the first gate.</param>
/// <param name="GateSpacing">Metres from gate to gate.</param>
/// <param name="Gates">Of a ray.</param>
/// <param name="BeamWidth">Degrees.</param>
internal sealed record PolarSweep(
    double Longitude, double Latitude, BeamGeometry Beam, double[] Azimuths, double FirstGate, double GateSpacing, int Gates,
        double BeamWidth)
{
    /// <summary>Of most weather radars, where a file does not say.</summary>
    internal const double UsualBeamWidth = 1;

    private const double Pixel = 1000;
    private const double FurthestRange = 1_000_000;
    private const int MostRays = 100_000;

    /// <summary>Pixels of 1 km on an azimuthal equidistant projection, the radar in the middle, as far as the last gate.</summary>
    /// <exception cref="FormatException">The numbers of the sweep are none of a weather radar.</exception>
    internal RadarGrid Grid(RadarReadOptions options)
    {
        var furthest = FirstGate + ((Gates - 0.5) * GateSpacing);
        if (!(Math.Abs(Longitude) <= 360) || !(Math.Abs(Latitude) <= 90) || !(Beam.ElevationDegrees is > -10 and < 60)
            || !double.IsFinite(Beam.SiteHeight))
            throw new FormatException(
                $"its site ({Longitude}, {Latitude}) or elevation ({Beam.ElevationDegrees}°) is none of a weather radar that sees rain at "
                    + "the ground");
        if (!(GateSpacing > 0) || !(FirstGate > -1000) || !(furthest is > 0 and <= FurthestRange) || Azimuths.Length is 0 or > MostRays
            || !(BeamWidth is > 0 and <= 30))
            throw new FormatException(
                $"its gates of {GateSpacing} m from {FirstGate} m, {Gates} of them in {Azimuths.Length} rays, are none of a weather radar");
        var half = (int)Math.Max(1, Math.Ceiling(Beam.Distance(furthest) / Pixel));
        var proj = ProjString.Parse(FormattableString.Invariant(
            $"+proj=aeqd +lat_0={Math.Round(Latitude, 6)} +lon_0={Math.Round(Longitude, 6)} +ellps=WGS84 +units=m"));
        return Grids.Make(options, proj, 2 * half, 2 * half, Pixel, Pixel, -half * Pixel, half * Pixel);
    }

    /// <summary>What a person should know of what the sweep can tell.</summary>
    internal string Note() => string.Create(CultureInfo.InvariantCulture,
        $"the sweep at {Beam.ElevationDegrees:0.0#}°, whose beam is {Beam.Height(FirstGate + (Gates * GateSpacing)) / 1000:0.0} km above "
        + $"the sea at its far end (heightLimitMetres in a source profile leaves out what is too high)");
}
