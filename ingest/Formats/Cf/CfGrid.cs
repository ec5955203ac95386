using ConvLstm.Nowcast.Ingest.NetCdf;
using ConvLstm.Nowcast.Ingest.Projection;

namespace ConvLstm.Nowcast.Ingest.Formats.Cf;

/// <summary>The grid of a CF variable: from one-dimensional coordinates, or from longitudes and latitudes of all pixels.</summary>
internal static class CfGrid
{
    internal static (RadarGrid Grid, PixelOrder Order) Read(CfRainVariable rain, CfAxes axes, RadarReadOptions options)
    {
        var geographic = IsAngle(axes.XCoordinate) && IsAngle(axes.YCoordinate);
        var (proj, x, y) = (axes.XCoordinate, axes.YCoordinate) switch
        {
            ({ } columns, { } rows) when geographic => (GeographicProjection(rain), FitLongitude(columns), Fit(rows, 1)),
            ({ } columns, { } rows) => (Projection(rain, options) ?? throw new FormatException(
                $"{rain.Variable.Name} has projected coordinates but no grid mapping"), Fit(columns, Scale(columns)), Fit(rows, Scale(rows))),
            _ => CfCurvilinear.Read(rain, axes, Projection(rain, options)),
        };
        var grid = Grids.Make(options, proj, Grids.Length(x.Count), Grids.Length(y.Count), x.Spacing, y.Spacing, x.LowEdge, y.HighEdge);
        return (grid, new PixelOrder(SouthFirst: !y.Falls, EastFirst: x.Falls, axes.ColumnsFirst));
    }

    /// <summary>The projection of the variable's grid mapping, else the only one in the file; null where there is none.</summary>
    internal static ProjString? Projection(CfRainVariable rain, RadarReadOptions options)
    {
        if (options.Projection is { } given)
            return ProjString.Parse(given);
        // CF-1.7 allows 'crs: x y'; the name stands before the colon.
        if (rain.Variable.Attributes.Text("grid_mapping") is { } mapping && rain.Sibling(mapping.Split(':', ' ')[0]) is { } named)
            return CfGridMapping.Read(named.Attributes);
        var others = rain.Scope.SelectMany(g => g.Variables).Where(v => v.Attributes.TypeOf("grid_mapping_name") is not null).Take(2).ToArray();
        return others.Length == 1 ? CfGridMapping.Read(others[0].Attributes) : null;
    }

    private static ProjString GeographicProjection(CfRainVariable rain) =>
        Projection(rain, RadarReadOptions.Default) is { IsGeographic: true } own ? own : ProjString.Parse("+proj=longlat +ellps=WGS84");

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

    private static bool IsAngle(NetCdfVariable? coordinate) =>
        coordinate?.Attributes.Text("standard_name") is "latitude" or "longitude"
        || coordinate?.Attributes.Text("units")?.StartsWith("degree", StringComparison.OrdinalIgnoreCase) == true;

    private static double Scale(NetCdfVariable coordinate) => coordinate.Attributes.Text("units")?.Trim().ToLowerInvariant() switch
    {
        null or "" or "m" or "metre" or "metres" or "meter" or "meters" => 1,
        "km" or "kilometre" or "kilometres" or "kilometer" or "kilometers" => 1000,
        var other => throw new FormatException($"coordinate {coordinate.Name} is in '{other}', not in m, km or degrees"),
    };
}
