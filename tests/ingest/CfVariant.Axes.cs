using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.NetCdf;
using ConvLstm.Nowcast.Ingest.Projection;

namespace ConvLstm.Nowcast.Tests.Ingest;

/// <content>Coordinates and times.</content>
public sealed partial record CfVariant
{
    private void DefineCoordinates(NetCdfGroup root, RadarGrid grid, NetCdfDimension y, NetCdfDimension x, List<Action> define)
    {
        var xs = Enumerable.Range(0, grid.Width).Select(grid.CentreX).ToArray();
        var ys = Enumerable.Range(0, grid.Height).Select(grid.CentreY).ToArray();
        if (EastFirst)
            Array.Reverse(xs);
        if (SouthFirst)
            Array.Reverse(ys);
        if (Curvilinear)
        {
            DefineCurvilinear(root, grid, y, x, xs, ys, define);
            return;
        }
        var scale = Kilometres && !grid.IsGeographic ? 1e-3 : 1;
        var (unitX, unitY) = grid.IsGeographic ? ("degrees_east", "degrees_north") : Kilometres ? ("km", "km") : ("m", "m");
        Axis(root, x, grid.IsGeographic ? "longitude" : "projection_x_coordinate", unitX, xs.Select(v => v * scale).ToArray(), define);
        Axis(root, y, grid.IsGeographic ? "latitude" : "projection_y_coordinate", unitY, ys.Select(v => v * scale).ToArray(), define);
    }

    private void DefineCurvilinear(
        NetCdfGroup root, RadarGrid grid, NetCdfDimension y, NetCdfDimension x, double[] xs, double[] ys, List<Action> define)
    {
        var longitudes = new double[grid.PixelCount];
        var latitudes = new double[grid.PixelCount];
        for (var j = 0; j < grid.Height; j++)
        {
            for (var i = 0; i < grid.Width; i++)
            {
                var n = ColumnsFirst ? (i * grid.Height) + j : (j * grid.Width) + i;
                (longitudes[n], latitudes[n]) = (xs[i], ys[j]);
            }
        }
        using var transform = new ProjTransform(grid.Proj);
        transform.ToLonLat(longitudes, latitudes);
        foreach (var (name, units, values) in ((string, string, double[])[])[("lon", "degrees_east", longitudes),
            ("lat", "degrees_north", latitudes)])
        {
            var variable = root.DefineVariable(name, CoordinateType, ColumnsFirst ? [x, y] : [y, x]);
            variable.Attributes.Put("units", units);
            define.Add(() => variable.Write<double>(values));
        }
    }

    private NetCdfType CoordinateType => SingleCoordinates ? NetCdfType.Float32 : NetCdfType.Float64;

    private void Axis(NetCdfGroup root, NetCdfDimension dimension, string standardName, string units, double[] values, List<Action> define)
    {
        var variable = root.DefineVariable(dimension.Name, CoordinateType, dimension);
        variable.Attributes.Put("standard_name", standardName);
        variable.Attributes.Put("units", units);
        define.Add(() => variable.Write<double>(values));
    }

    private void DefineTime(NetCdfGroup root, IReadOnlyList<RadarFrame> frames, NetCdfDimension? dimension, List<Action> define)
    {
        const string Units = "minutes since 2000-01-01T00:00:00Z";
        var epoch = new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
        double Minutes(RadarFrame frame, TimeSpan before = default) => (frame.ValidTime - before - epoch).TotalMinutes;
        if (Time == TimeStyle.Attributes)
        {
            root.Attributes.Put("time_coverage_end", frames[0].ValidTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'"));
            if (Period is { } period)
                root.Attributes.Put("time_coverage_start", (frames[0].ValidTime - period).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'"));
            return;
        }
        var time = dimension is null ? root.DefineVariable("time", NetCdfType.Float64)
            : root.DefineVariable("time", NetCdfType.Float64, dimension);
        time.Attributes.Put("units", Units);
        time.Attributes.Put("standard_name", "time");
        define.Add(() => time.Write<double>(frames.Select(f => Minutes(f)).ToArray()));
        if (Period is not { } accumulated)
            return;
        if (dimension is null)
        {
            var start = root.DefineVariable("start_time", NetCdfType.Float64);
            start.Attributes.Put("units", Units);
            define.Add(() => start.Write(Minutes(frames[0], accumulated)));
        }
        else
        {
            time.Attributes.Put("bounds", "time_bounds");
            var bounds = root.DefineVariable("time_bounds", NetCdfType.Float64, dimension, root.DefineDimension("two", 2));
            define.Add(() => bounds.Write<double>(frames.SelectMany(f => new[] { Minutes(f, accumulated), Minutes(f) }).ToArray()));
        }
    }
}
