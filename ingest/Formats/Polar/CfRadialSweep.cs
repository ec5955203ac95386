using ConvLstm.Nowcast.Ingest.Formats.Cf;
using ConvLstm.Nowcast.Ingest.NetCdf;

namespace ConvLstm.Nowcast.Ingest.Formats.Polar;

/// <summary>The lowest sweep of a group of rays.</summary>
internal sealed record CfRadialSweep(NetCdfGroup Root, NetCdfGroup Group, int FirstRay, double[] Azimuths, double Elevation,
    DateTimeOffset Time)
{
    private const int MostRays = 1_000_000;

    internal static CfRadialSweep Read(NetCdfGroup root, NetCdfGroup group)
    {
        var azimuth = group.FindVariable("azimuth")!;
        var elevation = group.FindVariable("elevation")!;
        if (azimuth.Length is < 1 or > MostRays || elevation.Length != azimuth.Length)
            throw new FormatException($"{group.Path} has {azimuth.Length} azimuths and {elevation.Length} elevations");
        var (azimuths, elevations) = (Values(azimuth), Values(elevation));
        var (first, count) = Rays(root, group, azimuths.Length);
        var ofSweep = elevations.AsSpan(first, count).ToArray().Where(double.IsFinite).Order().ToArray();
        if (ofSweep.Length == 0)
            throw new FormatException($"{group.Path} has no elevations");
        var time = group.FindVariable("time") ?? root.FindVariable("time") ?? throw new FormatException("it has no times of its rays");
        var times = CfTimeValues.Read(time, time);
        var begun = times.Length == azimuths.Length ? times.Skip(first).Take(count).FirstOrDefault(t => t is not null)
            : times.FirstOrDefault(t => t is not null);
        return new CfRadialSweep(
            root, group, first, azimuths[first..(first + count)], ofSweep[ofSweep.Length / 2], begun
                ?? throw new FormatException("none of its rays has a time"));
    }

    internal PolarSweep Polar(int gates)
    {
        var range = Group.FindVariable("range") ?? Root.FindVariable("range")!;
        if (range.Length != gates || gates < 2)
            throw new FormatException($"its range has {range.Length} values for {gates} gates");
        var unit = range.Attributes.Text("units")?.StartsWith("k", StringComparison.OrdinalIgnoreCase) == true ? 1000 : 1;
        var metres = Values(range);
        var spacing = (metres[^1] - metres[0]) / (gates - 1) * unit;
        if (Enumerable.Range(0, gates).Any(i =>
            !(Math.Abs((metres[i] * unit) - (metres[0] * unit) - (i * spacing)) <= 0.5 * Math.Abs(spacing))))
            throw new FormatException("its gates are not evenly spaced");
        return new PolarSweep(
            Site("longitude"), Site("latitude"), new BeamGeometry(Elevation, OptionalSite("altitude") ?? 0), Azimuths, metres[0] * unit,
                spacing, gates,
            OptionalSite("radar_beam_width_h") ?? PolarSweep.UsualBeamWidth);
    }

    // Of a file of version 1 the sweep of the lowest angle that is none of a vertical section.
    private static (int First, int Count) Rays(NetCdfGroup root, NetCdfGroup group, int rays)
    {
        if (group != root || root.FindVariable("sweep_start_ray_index") is not { } starts
            || root.FindVariable("sweep_end_ray_index") is not { } ends)
            return (0, rays);
        var (from, to) = (starts.Read<double>(), ends.Read<double>());
        var angles = root.FindVariable("fixed_angle") is { } angle && angle.Length == from.Length ? Values(angle) : new double[from.Length];
        for (var i = 0; i < from.Length; i++)
        {
            // A sweep that was cut out of a longer one may keep the number of its last ray.
            if (to.Length == from.Length)
                to[i] = Math.Min(to[i], rays - 1);
            if (to.Length != from.Length || !(from[i] >= 0) || !(to[i] >= from[i]))
                throw new FormatException(
                    $"its sweep {i} has rays {from[i]} to {(to.Length == from.Length ? to[i] : double.NaN)} of {rays}");
        }
        if (from.Length == 0)
            return (0, rays);
        var lowest = Enumerable.Range(0, from.Length).MinBy(i => angles[i]);
        return ((int)from[lowest], (int)(to[lowest] - from[lowest] + 1));
    }

    private double Site(string name) => OptionalSite(name) ?? throw new FormatException($"it has no {name}");

    // Of a radar that moves, where it was first.
    private double? OptionalSite(string name) =>
        Root.FindVariable(name) is { } variable && variable.Length is > 0 and <= MostRays && variable.Read<double>()[0] is var value
            && double.IsFinite(value) ? value : null;

    private static double[] Values(NetCdfVariable variable)
    {
        var missing = variable.Attributes.Numbers("_FillValue") ?? [];
        var (scale, offset) = (variable.Attributes.Number("scale_factor") ?? 1, variable.Attributes.Number("add_offset") ?? 0);
        return [.. variable.Read<double>().Select(v => missing.Contains(v) ? double.NaN : (v * scale) + offset)];
    }
}
