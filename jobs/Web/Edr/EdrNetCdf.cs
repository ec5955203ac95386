using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.NetCdf;

namespace ConvLstm.Nowcast.Jobs.Web.Edr;

/// <summary>
/// Answers as CF-1.8 NetCDF-4: a raster, time series at places, or a trajectory (discrete sampling geometries, CF chapter 9,
/// http://cfconventions.org/cf-conventions/cf-conventions.html#discrete-sampling-geometries).
/// </summary>
internal static class EdrNetCdf
{
    internal const string Type = "application/x-netcdf";
    private const string TimeUnits = "seconds since 1970-01-01 00:00:00";

    internal static byte[] Write(EdrAnswer answer)
    {
        using var scratch = ScratchFolder.Create("answer");
        var path = Path.Combine(scratch.Path, "answer.nc");
        using (var file = NetCdfFile.Create(path))
        {
            Fill(file.Root, answer);
            file.Close();
        }
        return File.ReadAllBytes(path);
    }

    private static void Fill(NetCdfGroup root, EdrAnswer answer)
    {
        root.Attributes.Put("Conventions", "CF-1.8");
        root.Attributes.Put("title", "Rain nowcast");
        root.Attributes.Put("source", $"ConvLstm.Nowcast, {answer.Run.Run.Method} {answer.Run.Run.ModelVersion}".TrimEnd());
        root.Attributes.Put("forecast_reference_time", Times.Iso(answer.Run.Run.IssueTime));
        var (dimensions, coordinates) = Domain(root, answer);
        foreach (var parameter in answer.Parameters)
        {
            // A point is no letter of a CF name.
            var variable = root.DefineVariable(parameter.Name.Replace('.', '_'), NetCdfType.Float32, dimensions);
            variable.Attributes.Put("long_name", parameter.Label);
            variable.Attributes.Put("units", parameter.IsRate ? "mm h-1" : "1");
            variable.Attributes.Put("_FillValue", float.NaN);
            if (parameter.IsRate)
                variable.Attributes.Put("standard_name", "rainfall_rate");
            if (coordinates.Length > 0)
                variable.Attributes.Put("coordinates", coordinates);
            variable.Write<float>([.. answer.Values(parameter).Select(value => value ?? float.NaN)]);
        }
    }

    /// <summary>The dimensions of what is asked for, and its coordinates that are none.</summary>
    private static (NetCdfDimension[] Dimensions, string Coordinates) Domain(NetCdfGroup root, EdrAnswer answer)
    {
        switch (answer.Domain)
        {
            case EdrDomain.Raster raster:
                NetCdfDimension[] grid = [root.DefineDimension("time", answer.Leads.Count), root.DefineDimension("lat", raster.Lats.Length),
                    root.DefineDimension("lon", raster.Lons.Length)];
                PutTimes(root, grid[0], answer.Leads.Select(answer.Run.ValidTime));
                PutDegrees(root, grid[1], "lat", raster.Lats);
                PutDegrees(root, grid[2], "lon", raster.Lons);
                return (grid, "");
            case EdrDomain.Path path:
                root.Attributes.Put("featureType", "trajectory");
                var step = root.DefineDimension("obs", path.Steps.Count);
                PutTimes(root, step, path.Steps.Select(s => answer.Run.ValidTime(s.Lead)));
                PutPlaces(root, step, path.Steps.Select(s => s.Place));
                var name = root.DefineVariable("trajectory", NetCdfType.Int32);
                name.Attributes.Put("cf_role", "trajectory_id");
                name.Write(0);
                return ([step], "time lat lon trajectory");
            case EdrDomain.Places places:
                root.Attributes.Put("featureType", "timeSeries");
                NetCdfDimension[] series =
                    [root.DefineDimension("time", answer.Leads.Count), root.DefineDimension("station", places.At.Count)];
                PutTimes(root, series[0], answer.Leads.Select(answer.Run.ValidTime));
                PutPlaces(root, series[1], places.At);
                var number = root.DefineVariable("station", NetCdfType.Int32, series[1]);
                number.Attributes.Put("cf_role", "timeseries_id");
                number.Write<int>([.. Enumerable.Range(0, places.At.Count)]);
                return (series, "lat lon");
            default:
                throw new InvalidOperationException($"no such domain: {answer.Domain}");
        }
    }

    private static void PutPlaces(NetCdfGroup root, NetCdfDimension dimension, IEnumerable<EdrPlace> places)
    {
        PutDegrees(root, dimension, "lat", [.. places.Select(place => place.Lat)]);
        PutDegrees(root, dimension, "lon", [.. places.Select(place => place.Lon)]);
    }

    private static void PutDegrees(NetCdfGroup root, NetCdfDimension dimension, string name, double[] values)
    {
        var variable = root.DefineVariable(name, NetCdfType.Float64, dimension);
        variable.Attributes.Put("standard_name", name == "lat" ? "latitude" : "longitude");
        variable.Attributes.Put("units", name == "lat" ? "degrees_north" : "degrees_east");
        variable.Write<double>(values);
    }

    private static void PutTimes(NetCdfGroup root, NetCdfDimension dimension, IEnumerable<DateTimeOffset> times)
    {
        var variable = root.DefineVariable("time", NetCdfType.Int64, dimension);
        variable.Attributes.Put("standard_name", "time");
        variable.Attributes.Put("units", TimeUnits);
        variable.Attributes.Put("calendar", "standard");
        variable.Write<long>([.. times.Select(time => time.ToUnixTimeSeconds())]);
    }
}
