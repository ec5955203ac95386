using ConvLstm.Nowcast.Ingest.NetCdf;
using ConvLstm.Nowcast.Ingest.Projection;

namespace ConvLstm.Nowcast.Ingest.Formats.Cf;

/// <summary>The grid of a CF variable: from one-dimensional coordinates, or from longitudes and latitudes of all pixels.</summary>
internal static class CfGrid
{
    internal static (RadarGrid Grid, PixelOrder Order, string From) Read(CfRainVariable rain, CfAxes axes, RadarReadOptions options)
    {
        var projection = Projection(rain, options);
        var (proj, x, y, from) = (axes.XCoordinate, axes.YCoordinate) switch
        {
            ({ } columns, { } rows) when IsAngle(columns) && IsAngle(rows) =>
                (Geographic(projection, columns, rows), FitLongitude(columns), Fit(rows, 1), $"{columns.Name} and {rows.Name} in degrees"),
            ({ } columns, { } rows) when projection is not null
                && !(IsIndex(columns) && IsIndex(rows) && CfCurvilinear.HasLonLat(rain, axes)) =>
                (projection, Fit(columns, Scale(columns, projection)), Fit(rows, Scale(rows, projection)),
                    $"{columns.Name}, {rows.Name} and the grid mapping"),
            ({ } columns, { } rows) when !CfCurvilinear.HasLonLat(rain, axes) => throw new FormatException(
                $"{rain.Variable.Name} has projected coordinates {columns.Name} and {rows.Name} but no grid mapping"),
            _ => CfCurvilinear.Read(rain, axes, projection),
        };
        var grid = Grids.Make(options, proj, Grids.Length(x.Count), Grids.Length(y.Count), x.Spacing, y.Spacing, x.LowEdge, y.HighEdge);
        return (grid, new PixelOrder(SouthFirst: !y.Falls, EastFirst: x.Falls, axes.ColumnsFirst), from);
    }

    /// <summary>The projection of the variable's grid mapping, else the only one in the file; null where there is none.</summary>
    internal static ProjString? Projection(CfRainVariable rain, RadarReadOptions options)
    {
        if (options.Projection is { } given)
            return ProjString.Parse(given);
        // CF-1.7 allows 'crs: x y'; the name stands before the colon.
        if (rain.Variable.Attributes.Text("grid_mapping") is { } mapping && rain.Sibling(mapping.Split(':', ' ')[0]) is { } named)
            return CfGridMapping.Read(named.Attributes);
        var others = rain.Scope.SelectMany(g => g.Variables).Where(v => v.Attributes.TypeOf("grid_mapping_name") is not null).Take(2)
            .ToArray();
        return others.Length == 1 ? CfGridMapping.Read(others[0].Attributes) : null;
    }

    // Angles are longitude and latitude where they are called so, or where nothing says that they are those of another frame.
    private static ProjString Geographic(ProjString? projection, NetCdfVariable columns, NetCdfVariable rows)
    {
        if (projection is { IsGeographic: true })
            return projection;
        return projection is null
            || (IsNamed(columns, "longitude", "degrees_e", "degree_e") && IsNamed(rows, "latitude", "degrees_n", "degree_n"))
            ? ProjString.Parse("+proj=longlat +ellps=WGS84")
            : throw new FormatException(
                $"coordinates {columns.Name} and {rows.Name} are angles, and its grid mapping (+proj={projection.Kind}) wants lengths");
    }

    private static bool IsNamed(NetCdfVariable coordinate, string standardName, params ReadOnlySpan<string> units)
    {
        if (coordinate.Attributes.Text("standard_name") is { } name)
            return name == standardName;
        foreach (var unit in units)
        {
            if (coordinate.Attributes.Text("units")?.StartsWith(unit, StringComparison.OrdinalIgnoreCase) == true)
                return true;
        }
        return false;
    }

    // Numbers of columns and rows: they count from 0 or 1 and have neither unit nor name.
    private static bool IsIndex(NetCdfVariable coordinate) =>
        coordinate.Attributes.Text("units") is null or "" or "1" && coordinate.Attributes.Text("standard_name") is null
        && coordinate.Length is >= 2 and <= 100_000 && Values(coordinate) is [0 or 1, var second, ..] values && second - values[0] == 1;

    private static RegularAxis Fit(NetCdfVariable coordinate, double scale) =>
        RegularAxis.Fit(coordinate.Name, Values(coordinate), scale, coordinate.Type == NetCdfType.Float32);

    private static RegularAxis FitLongitude(NetCdfVariable coordinate) =>
        Longitudes.Fit(coordinate.Name, Values(coordinate), coordinate.Type == NetCdfType.Float32);

    private static double[] Values(NetCdfVariable coordinate)
    {
        _ = Grids.Length(coordinate.Length);
        var values = coordinate.Read<double>();
        var scale = coordinate.Attributes.Number("scale_factor") ?? 1;
        var offset = coordinate.Attributes.Number("add_offset") ?? 0;
        if (scale != 1 || offset != 0)
        {
            for (var i = 0; i < values.Length; i++)
                values[i] = (values[i] * scale) + offset;
        }
        return values;
    }

    /// <exception cref="FormatException">It is one of a rotated pole.</exception>
    private static bool IsAngle(NetCdfVariable coordinate) => coordinate.Attributes.Text("standard_name") switch
    {
        "latitude" or "longitude" => true,
        "grid_latitude" or "grid_longitude" => throw new FormatException(
            $"coordinate {coordinate.Name} is that of a rotated pole, which is not read; regrid it to longitude and latitude or to a map "
                + "projection"),
        _ => coordinate.Attributes.Text("units")?.StartsWith("degree", StringComparison.OrdinalIgnoreCase) == true,
    };

    private static double Scale(NetCdfVariable coordinate, ProjString projection) =>
        coordinate.Attributes.Text("units")?.Trim().ToLowerInvariant() switch
        {
            null or "" => projection.AxisMetres,
            "m" or "metre" or "metres" or "meter" or "meters" => 1,
            "km" or "kilometre" or "kilometres" or "kilometer" or "kilometers" => 1000,
            var other => throw new FormatException($"coordinate {coordinate.Name} is in '{other}', not in m, km or degrees"),
        };
}
