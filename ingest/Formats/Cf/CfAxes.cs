using ConvLstm.Nowcast.Ingest.NetCdf;

namespace ConvLstm.Nowcast.Ingest.Formats.Cf;

/// <summary>Which dimension of the rain variable is which, and the coordinate variables that go with them.</summary>
/// <param name="X">The dimension's place in the variable.</param>
/// <param name="Y">The dimension's place in the variable.</param>
/// <param name="Time">The dimension's place in the variable; −1 for a file of one scan.</param>
/// <param name="XCoordinate">Null where the axis has no coordinate variable of its own.</param>
/// <param name="YCoordinate">Null where the axis has no coordinate variable of its own.</param>
internal sealed record CfAxes(int X, int Y, int Time, NetCdfVariable? XCoordinate, NetCdfVariable? YCoordinate)
{
    private enum Kind
    {
        Unknown,
        X,
        Y,
        Time,
    }

    /// <summary>True where the array is (x, y).</summary>
    internal bool ColumnsFirst => X < Y;

    /// <exception cref="FormatException">There is a dimension of several values that is neither time nor space.</exception>
    internal static CfAxes Find(CfRainVariable rain)
    {
        var dimensions = rain.Variable.Dimensions;
        var coordinates = dimensions.Select(d => rain.Sibling(d.Name) is { Dimensions: [var own] } v && own.Name == d.Name ? v : null)
            .ToArray();
        var kinds = dimensions.Select((d, i) => Classify(d, coordinates[i])).ToArray();
        // Unnamed dimensions: the last two are rows and columns, as CF recommends.
        var x = Array.LastIndexOf(kinds, Kind.X);
        var y = Array.LastIndexOf(kinds, Kind.Y);
        if (x < 0)
            x = y == dimensions.Count - 1 ? dimensions.Count - 2 : dimensions.Count - 1;
        if (y < 0)
            y = x == dimensions.Count - 1 ? dimensions.Count - 2 : dimensions.Count - 1;
        var time = Array.IndexOf(kinds, Kind.Time);
        for (var i = 0; i < dimensions.Count; i++)
        {
            if (i != x && i != y && i != time && dimensions[i].Length != 1)
                throw new FormatException(
                    $"{rain.Variable.Name} has a dimension {dimensions[i].Name} of {dimensions[i].Length} that is neither time nor space");
        }
        return new CfAxes(x, y, time, coordinates[x], coordinates[y]);
    }

    internal long[] Start(NetCdfVariable variable, int scan) =>
        variable.Dimensions.Select((_, i) => i == Time ? scan : 0L).ToArray();

    internal long[] Count(NetCdfVariable variable) =>
        variable.Dimensions.Select((d, i) => i == X || i == Y ? d.Length : 1L).ToArray();

    private static Kind Classify(NetCdfDimension dimension, NetCdfVariable? coordinate)
    {
        var attributes = coordinate?.Attributes;
        var units = attributes?.Text("units") ?? "";
        return (attributes?.Text("standard_name"), attributes?.Text("axis"), dimension.Name.ToLowerInvariant()) switch
        {
            ("projection_x_coordinate" or "longitude" or "grid_longitude", _, _) => Kind.X,
            ("projection_y_coordinate" or "latitude" or "grid_latitude", _, _) => Kind.Y,
            ("time", _, _) => Kind.Time,
            (_, "X" or "x", _) => Kind.X,
            (_, "Y" or "y", _) => Kind.Y,
            (_, "T" or "t", _) => Kind.Time,
            _ when units.Contains(" since ", StringComparison.Ordinal) => Kind.Time,
            _ when units.StartsWith("degrees_e", StringComparison.OrdinalIgnoreCase)
                || units.StartsWith("degree_e", StringComparison.OrdinalIgnoreCase) => Kind.X,
            _ when units.StartsWith("degrees_n", StringComparison.OrdinalIgnoreCase)
                || units.StartsWith("degree_n", StringComparison.OrdinalIgnoreCase) => Kind.Y,
            (_, _, "x" or "lon" or "longitude" or "easting" or "nx" or "xc" or "x0" or "west_east" or "cols" or "col" or "columns") =>
                Kind.X,
            (_, _, "y" or "lat" or "latitude" or "northing" or "ny" or "yc" or "y0" or "south_north" or "rows" or "row") => Kind.Y,
            (_, _, "time" or "valid_time" or "t" or "times") => Kind.Time,
            _ => Kind.Unknown,
        };
    }
}
