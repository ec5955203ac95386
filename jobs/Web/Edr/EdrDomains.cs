using ConvLstm.Nowcast.Ingest.Projection;
using ConvLstm.Nowcast.Jobs.Web.Api;
using ConvLstm.Nowcast.Jobs.Web.Cache;
using ConvLstm.Nowcast.Storage.Queries;
using NetTopologySuite.Geometries;

namespace ConvLstm.Nowcast.Jobs.Web.Edr;

/// <summary>From the geometry of a question to the pixels of a grid.</summary>
internal static class EdrDomains
{
    /// <summary>Of the sphere on which lengths are measured.</summary>
    private const double EarthRadius = 6_371_009, MetresPerDegree = Math.PI / 180 * EarthRadius;

    /// <summary>A point of a question, or several.</summary>
    internal static EdrDomain Position(CachedGrid cached, string? coords)
    {
        var places = Geometries.Places(coords).Coordinates.Select(point => At(cached, point.X, point.Y)).ToList();
        return places is [{ Pixel: < 0 } outside] ? throw PointEndpoints.Outside(outside.Lon, outside.Lat) : new EdrDomain.Places(places);
    }

    /// <summary>The pixels whose centres lie in a polygon.</summary>
    internal static EdrDomain Area(CachedGrid cached, Geometry area)
    {
        var pixels = PolygonPixels.Of(cached.Locator, area) ?? throw HttpErrors.NotFound($"No pixel of {cached.Name} lies there.");
        var places = new List<EdrPlace>();
        for (var i = 0; i < pixels.Inside.Length; i++)
        {
            var (column, row) = (pixels.Column + (i % pixels.Width), pixels.Row + (i / pixels.Width));
            if (!pixels.Inside[i])
                continue;
            var (lon, lat) = cached.Locator.LonLat(column, row);
            places.Add(new(lon, lat, (row * cached.Grid.Width) + column));
        }
        return new EdrDomain.Places(places);
    }

    /// <summary>The pixels within some metres of a geometry.</summary>
    internal static EdrDomain Around(CachedGrid cached, Geometry geometry, double metres)
    {
        var middle = geometry.Centroid;
        // Lengths from its middle are true in this projection, and nearly so across a corridor.
        using var plane = new ProjTransform(
            FormattableString.Invariant($"+proj=aeqd +lat_0={middle.Y:R} +lon_0={middle.X:R} +R={EarthRadius:R} +units=m"));
        var flat = Through(geometry, place => plane.ToProjection(place.X, place.Y)).Buffer(metres);
        return Area(cached, Through(flat, place => plane.ToLonLat(place.X, place.Y)));
    }

    /// <summary>A raster of about the size of the pixels in a box.</summary>
    internal static EdrDomain Cube(CachedGrid cached, Envelope box)
    {
        var (across, up) = Spacing(cached, box.Centre);
        var (columns, rows) = (Math.Max(1, (int)Math.Round(box.Width / across)), Math.Max(1, (int)Math.Round(box.Height / up)));
        if ((long)columns * rows > EdrEndpoints.MostValues)
            throw HttpErrors.PayloadTooLarge(
                $"The box has {(long)columns * rows} pixels; at most {EdrEndpoints.MostValues}: ask for a smaller one.");
        double[] lons = [.. Enumerable.Range(0, columns).Select(i => box.MinX + ((i + 0.5) * box.Width / columns))];
        double[] lats = [.. Enumerable.Range(0, rows).Select(i => box.MaxY - ((i + 0.5) * box.Height / rows))];
        int[] pixels = [.. lats.SelectMany(_ => lons, (lat, lon) => At(cached, lon, lat).Pixel)];
        return pixels.Any(pixel => pixel >= 0) ? new EdrDomain.Raster(lons, lats, pixels)
            : throw HttpErrors.NotFound($"No pixel of {cached.Name} lies in the box.");
    }

    /// <summary>
    /// The pixels along a line, at every lead; where its places have times (M, seconds since 1970), each at the nearest lead.
    /// </summary>
    internal static EdrDomain Trajectory(CachedGrid cached, RunSummary run, IReadOnlyList<int> leads, LineString line)
    {
        var steps = Along(cached, line).ToList();
        if (steps.TrueForAll(step => step.Place.Pixel < 0))
            throw HttpErrors.NotFound($"No pixel of {cached.Name} lies on the line.");
        if (double.IsNaN(line.Coordinates[0].M))
            return new EdrDomain.Places(steps.ConvertAll(step => step.Place));
        var half = run.LeadSeconds.Length > 1 ? (run.LeadSeconds[1] - run.LeadSeconds[0]) / 2.0 : run.LeadSeconds[0];
        var path = new List<(EdrPlace, int)>();
        foreach (var (place, seconds) in steps)
        {
            var after = seconds - run.IssueTime.ToUnixTimeSeconds();
            var lead = leads.MinBy(i => Math.Abs(run.LeadSeconds[i] - after));
            if (Math.Abs(run.LeadSeconds[lead] - after) <= half)
                path.Add((place, lead));
        }
        return path.Count > 0 ? new EdrDomain.Path(path) : throw HttpErrors.NotFound(
            $"Run {run.RunId} has no map at the times of the line; its maps go from "
                + $"{Times.Iso(run.IssueTime.AddSeconds(run.LeadSeconds[0]))} to "
                + $"{Times.Iso(run.IssueTime.AddSeconds(run.LeadSeconds[^1]))}.");
    }

    private static EdrPlace At(CachedGrid cached, double lon, double lat) =>
        new(lon, lat, cached.Locator.PixelAt(lon, lat) is var (column, row) ? (row * cached.Grid.Width) + column : -1);

    /// <summary>The vertices of a line, and between them a place wherever another pixel begins.</summary>
    private static IEnumerable<(EdrPlace Place, double Seconds)> Along(CachedGrid cached, LineString line)
    {
        var from = line.Coordinates[0];
        yield return (At(cached, from.X, from.Y), from.M);
        foreach (var to in line.Coordinates.Skip(1))
        {
            var (across, up) = Spacing(cached, from);
            var pieces = Math.Max(1, (int)Math.Ceiling(2 * Math.Max(Math.Abs(to.X - from.X) / across, Math.Abs(to.Y - from.Y) / up)));
            if (pieces > EdrEndpoints.MostValues)
                throw HttpErrors.PayloadTooLarge("The line is longer than can be answered: ask for a shorter one.");
            var last = At(cached, from.X, from.Y).Pixel;
            for (var i = 1; i <= pieces; i++)
            {
                var share = (double)i / pieces;
                var place = At(cached, from.X + (share * (to.X - from.X)), from.Y + (share * (to.Y - from.Y)));
                if (place.Pixel == last && i < pieces)
                    continue;
                last = place.Pixel;
                yield return (place, from.M + (share * (to.M - from.M)));
            }
            from = to;
        }
    }

    /// <summary>The sides of a pixel in degrees, about.</summary>
    private static (double Across, double Up) Spacing(CachedGrid cached, Coordinate at) => cached.Grid.IsGeographic
        ? (cached.Grid.PixelX, cached.Grid.PixelY)
        : (cached.Grid.PixelX / (MetresPerDegree * Math.Max(0.05, Math.Cos(double.DegreesToRadians(at.Y)))),
            cached.Grid.PixelY / MetresPerDegree);

    private static Geometry Through(Geometry geometry, Func<Coordinate, (double X, double Y)> project)
    {
        var copy = geometry.Copy();
        copy.Apply(new Projecting(project));
        copy.GeometryChanged();
        return copy;
    }

    private sealed class Projecting(Func<Coordinate, (double X, double Y)> project) : ICoordinateSequenceFilter
    {
        public bool Done => false;

        public bool GeometryChanged => true;

        public void Filter(CoordinateSequence seq, int i)
        {
            var (x, y) = project(seq.GetCoordinate(i));
            seq.SetX(i, x);
            seq.SetY(i, y);
        }
    }
}
