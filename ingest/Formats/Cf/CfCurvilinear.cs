using ConvLstm.Nowcast.Ingest.NetCdf;
using ConvLstm.Nowcast.Ingest.Projection;

namespace ConvLstm.Nowcast.Ingest.Formats.Cf;

/// <summary>
/// Grids given by the longitude and latitude of every pixel (CF section 5.2). They must be regular all the same: in degrees, or in
/// the projection of their grid mapping.
/// </summary>
internal static class CfCurvilinear
{
    /// <summary>True where every pixel has a longitude and a latitude.</summary>
    internal static bool HasLonLat(CfRainVariable rain, CfAxes axes) =>
        Find(rain, axes, "longitude", "degrees_e") is not null && Find(rain, axes, "latitude", "degrees_n") is not null;

    internal static (ProjString Proj, RegularAxis X, RegularAxis Y, string From) Read(CfRainVariable rain, CfAxes axes,
        ProjString? projection)
    {
        var longitude = Find(rain, axes, "longitude", "degrees_e");
        var latitude = Find(rain, axes, "latitude", "degrees_n");
        if (longitude is null || latitude is null)
            throw new FormatException($"{rain.Variable.Name} has no coordinates for its rows and columns");
        var width = Grids.Length(rain.Variable.Dimensions[axes.X].Length);
        var height = Grids.Length(rain.Variable.Dimensions[axes.Y].Length);
        if ((long)width * height > int.MaxValue / 8)
            throw new FormatException($"a grid of {width}×{height} pixels is too large");
        var (xs, ys) = (longitude.Read<double>(), latitude.Read<double>());
        var proj = projection ?? ProjString.Parse("+proj=longlat +ellps=WGS84");
        using var transform = new ProjTransform(proj.ToString());
        transform.ToProjection(xs, ys);

        int Index(int column, int row) => axes.ColumnsFirst ? (column * height) + row : (row * width) + column;
        var single = longitude.Type == NetCdfType.Float32;
        var alongTop = Enumerable.Range(0, width).Select(i => xs[Index(i, 0)]).ToArray();
        var x = proj.IsGeographic ? Longitudes.Fit(longitude.Name, alongTop, single) : RegularAxis.Fit(longitude.Name, alongTop, 1, single);
        var y = RegularAxis.Fit(latitude.Name, Enumerable.Range(0, height).Select(j => ys[Index(0, j)]).ToArray(), 1, single);
        // The far corner shows whether the grid is a rectangle in this projection at all.
        var (farX, farY) = (xs[Index(width - 1, height - 1)], ys[Index(width - 1, height - 1)]);
        if (!(Math.Abs(farX - alongTop[^1]) < 0.5 * x.Spacing) || !(Math.Abs(farY - ys[Index(0, height - 1)]) < 0.5 * y.Spacing))
            throw new FormatException(
                "its longitudes and latitudes are regular neither in degrees nor in the projection of its grid mapping");
        return (proj, x, y, $"{longitude.Name} and {latitude.Name} of every pixel");
    }

    private static NetCdfVariable? Find(CfRainVariable rain, CfAxes axes, string standardName, string units)
    {
        var named = (rain.Variable.Attributes.Text("coordinates") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(rain.Sibling).OfType<NetCdfVariable>();
        var shape = rain.Variable.Dimensions.Where((_, i) => i == axes.X || i == axes.Y).Select(d => d.Name).ToArray();
        return named.Concat(rain.Scope.SelectMany(g => g.Variables)).FirstOrDefault(v =>
            v.Dimensions.Select(d => d.Name).SequenceEqual(shape)
            && (v.Attributes.Text("standard_name") == standardName
                || v.Attributes.Text("units")?.StartsWith(units, StringComparison.OrdinalIgnoreCase) == true));
    }
}
