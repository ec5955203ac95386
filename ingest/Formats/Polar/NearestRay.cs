namespace ConvLstm.Nowcast.Ingest.Formats.Polar;

/// <summary>Finds the ray that looked nearest to a direction.</summary>
internal sealed class NearestRay
{
    private readonly double[] _azimuths;
    private readonly int[] _rays;
    private readonly double _furthest;

    /// <param name="azimuths">Degrees; those that are no number are no rays.</param>
    /// <param name="beamWidth">Degrees from the middle of a ray as far as which it still counts.</param>
    internal NearestRay(double[] azimuths, double beamWidth)
    {
        _furthest = beamWidth;
        _rays = [.. Enumerable.Range(0, azimuths.Length).Where(i => double.IsFinite(azimuths[i])).OrderBy(i => Turn(azimuths[i]))];
        _azimuths = [.. _rays.Select(i => Turn(azimuths[i]))];
    }

    /// <summary>The place of the ray in the file; −1 where none looked there.</summary>
    internal int Of(double azimuth)
    {
        if (_rays.Length == 0)
            return -1;
        var wanted = Turn(azimuth);
        var next = Array.BinarySearch(_azimuths, wanted);
        next = next < 0 ? ~next : next;
        // The neighbours on either side, around north too.
        var (after, before) = (next % _rays.Length, (next + _rays.Length - 1) % _rays.Length);
        var (toAfter, toBefore) = (Apart(_azimuths[after], wanted), Apart(_azimuths[before], wanted));
        return Math.Min(toAfter, toBefore) > _furthest ? -1 : _rays[toAfter < toBefore ? after : before];
    }

    private static double Turn(double degrees) => degrees - (360 * Math.Floor(degrees / 360));

    private static double Apart(double one, double other)
    {
        var apart = Math.Abs(one - other);
        return Math.Min(apart, 360 - apart);
    }
}
