using System.Globalization;
using ConvLstm.Nowcast.Ingest.NetCdf;
using ConvLstm.Nowcast.Ingest.Projection;

namespace ConvLstm.Nowcast.Ingest.Formats;

/// <summary>
/// Writes a scan as CF-1.8 NetCDF-4, one frame a file: <c>rainfall_rate</c> in mm/h, packed to 0.01 mm/h in 16 bits, NaN as
/// <c>_FillValue</c>.
/// </summary>
public static class CfRadarWriter
{
    private const double Resolution = 0.01;
    private const ushort Missing = ushort.MaxValue;

    /// <summary>The name under which scans of a feed are found: <c>radar_yyyyMMddTHHmmssZ.nc</c>.</summary>
    public static string FileName(DateTimeOffset validTime) =>
        string.Create(CultureInfo.InvariantCulture, $"radar_{validTime.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}.nc");

    /// <summary>Writes under another name first and renames, so that whoever watches the folder never sees half a file.</summary>
    /// <exception cref="ReportedException">The file cannot be written there.</exception>
    public static void Write(string path, RadarFrame frame, string title = "Rain rate", string source = "ConvLstm.Nowcast")
    {
        ArgumentNullException.ThrowIfNull(frame);
        try
        {
            WholeFile.Write(path, unfinished =>
            {
                using var file = NetCdfFile.Create(unfinished);
                Fill(file.Root, frame, title, source);
                file.Close();
            });
        }
        catch (Exception e) when (e is NetCdfException or IOException or UnauthorizedAccessException)
        {
            var reason = e is NetCdfException failed ? failed.Reason : e.Message;
            throw new ReportedException(
                $"{path}: the scan could not be written ({reason}). Name a folder that is there, can be written to and has room.", e);
        }
    }

    /// <summary>Defines and fills y and x (or lat and lon) and the grid mapping <c>crs</c> of a grid; returns the two dimensions.</summary>
    public static (NetCdfDimension Y, NetCdfDimension X) WriteGrid(NetCdfGroup root, RadarGrid grid)
    {
        ArgumentNullException.ThrowIfNull(root);
        ArgumentNullException.ThrowIfNull(grid);
        var y = root.DefineDimension(grid.IsGeographic ? "lat" : "y", grid.Height);
        var x = root.DefineDimension(grid.IsGeographic ? "lon" : "x", grid.Width);
        Coordinate(root, y, grid.IsGeographic ? "latitude" : "projection_y_coordinate", grid.IsGeographic ? "degrees_north" : "m", "Y",
            Enumerable.Range(0, grid.Height).Select(grid.CentreY).ToArray());
        Coordinate(root, x, grid.IsGeographic ? "longitude" : "projection_x_coordinate", grid.IsGeographic ? "degrees_east" : "m", "X",
            Enumerable.Range(0, grid.Width).Select(grid.CentreX).ToArray());
        CfGridMapping.Write(root.DefineVariable("crs", NetCdfType.Int32).Attributes, grid.Proj);
        return (y, x);
    }

    private static void Fill(NetCdfGroup root, RadarFrame frame, string title, string source)
    {
        root.Attributes.Put("Conventions", "CF-1.8");
        root.Attributes.Put("title", title);
        root.Attributes.Put("source", source);
        var time = root.DefineVariable("time", NetCdfType.Int64);
        time.Attributes.Put("standard_name", "time");
        time.Attributes.Put("units", "seconds since 1970-01-01 00:00:00 UTC");
        time.Attributes.Put("calendar", "standard");
        var (y, x) = WriteGrid(root, frame.Grid);
        var rain = root.DefineVariable("rainfall_rate", NetCdfType.UInt16, y, x).Deflate(4, y.Length, x.Length);
        rain.Attributes.Put<ushort>("_FillValue", Missing);
        rain.Attributes.Put("standard_name", "rainfall_rate");
        rain.Attributes.Put("long_name", "rain rate");
        rain.Attributes.Put("units", "mm h-1");
        rain.Attributes.Put("scale_factor", Resolution);
        rain.Attributes.Put("add_offset", 0.0);
        rain.Attributes.Put("grid_mapping", "crs");
        rain.Attributes.Put("coordinates", "time");
        time.Write(frame.ValidTime.ToUnixTimeSeconds());
        rain.Write<ushort>(Pack(frame.RainRate));
    }

    private static ushort[] Pack(float[] rainRate)
    {
        var packed = new ushort[rainRate.Length];
        for (var i = 0; i < packed.Length; i++)
            packed[i] = float.IsNaN(rainRate[i]) ? Missing : (ushort)Math.Clamp(Math.Round(rainRate[i] / Resolution), 0, Missing - 1);
        return packed;
    }

    private static void Coordinate(NetCdfGroup root, NetCdfDimension dimension, string standardName, string units, string axis,
        double[] values)
    {
        var variable = root.DefineVariable(dimension.Name, NetCdfType.Float64, dimension);
        variable.Attributes.Put("standard_name", standardName);
        variable.Attributes.Put("units", units);
        variable.Attributes.Put("axis", axis);
        variable.Write<double>(values);
    }
}
