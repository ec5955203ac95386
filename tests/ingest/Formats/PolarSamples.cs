using ConvLstm.Nowcast.Ingest.NetCdf;

namespace ConvLstm.Nowcast.Tests.Ingest.Formats;

/// <summary>
/// Polar data of one radar in the formats that services publish, made anew: rays by gates of 0.5 dBZ above −32, 0 for no echo, 255 for
/// not observed.
/// </summary>
internal static class PolarSamples
{
    internal const double Longitude = 5.1, Latitude = 52.1, Height = 100;

    /// <param name="path">The file.</param>
    /// <param name="sweeps">Elevation and codes of each.</param>
    /// <param name="spacing">Metres from gate to gate.</param>
    /// <param name="azimuths">Of the middle of each ray, where they are to be written.</param>
    internal static string Odim(string path, (double Elevation, byte[,] Codes)[] sweeps, double spacing, double[]? azimuths = null)
    {
        using var file = NetCdfFile.Create(path);
        file.Root.Attributes.Put("Conventions", "ODIM_H5/V2_3");
        var what = file.Root.DefineGroup("what").Attributes;
        foreach (var (name, text) in ((string, string)[])[("object", sweeps.Length > 1 ? "PVOL" : "SCAN"), ("version", "H5rad 2.3"),
            ("date", "20240501"), ("time", "120000"), ("source", "NOD:test")])
            what.Put(name, text);
        var where = file.Root.DefineGroup("where").Attributes;
        where.Put("lon", Longitude);
        where.Put("lat", Latitude);
        where.Put("height", Height);
        for (var i = 0; i < sweeps.Length; i++)
        {
            var dataset = file.Root.DefineGroup($"dataset{i + 1}");
            var inner = dataset.DefineGroup("where").Attributes;
            inner.Put("elangle", sweeps[i].Elevation);
            inner.Put("rscale", spacing);
            inner.Put("rstart", 0.0);
            if (azimuths is not null)
            {
                var how = dataset.DefineGroup("how").Attributes;
                how.Put<double>("startazA", [.. azimuths.Select(a => (a + 359.5) % 360)]);
                how.Put<double>("stopazA", [.. azimuths.Select(a => (a + 0.5) % 360)]);
            }
            var data = dataset.DefineGroup("data1");
            var packing = data.DefineGroup("what").Attributes;
            packing.Put("quantity", "DBZH");
            foreach (var (name, value) in ((string, double)[])[("gain", 0.5), ("offset", -32), ("nodata", 255), ("undetect", 0)])
                packing.Put(name, value);
            Write(data, "data", sweeps[i].Codes);
        }
        file.Close();
        return path;
    }

    internal static string Knmi(string path, (double Elevation, byte[,] Codes)[] sweeps, double spacing)
    {
        using var file = NetCdfFile.Create(path);
        file.Root.DefineGroup("overview").Attributes.Put("product_datetime_start", "01-MAY-2024;12:00:00.000");
        file.Root.DefineGroup("radar1").Attributes.Put<double>("radar_location", Longitude, Latitude);
        for (var i = 0; i < sweeps.Length; i++)
        {
            var scan = file.Root.DefineGroup($"scan{i + 1}");
            scan.Attributes.Put("scan_elevation", sweeps[i].Elevation);
            scan.Attributes.Put("scan_azim_bin", 360.0 / sweeps[i].Codes.GetLength(0));
            scan.Attributes.Put("scan_range_bin", spacing / 1000);
            scan.Attributes.Put("scan_start_azim", 77.0);
            var calibration = scan.DefineGroup("calibration").Attributes;
            calibration.Put("calibration_Z_formulas", "GEO=0.5*PV+-32.0");
            calibration.Put("calibration_missing_data", 0.0);
            Write(scan, "scan_Z_data", sweeps[i].Codes);
        }
        file.Close();
        return path;
    }

    internal static string CfRadial(string path, (double Elevation, byte[,] Codes)[] sweeps, double spacing)
    {
        using var file = NetCdfFile.Create(path);
        var (rays, gates) = (sweeps[0].Codes.GetLength(0), sweeps[0].Codes.GetLength(1));
        var root = file.Root;
        root.Attributes.Put("Conventions", "CF/Radial");
        var (time, range, sweep) = (root.DefineDimension("time", rays * sweeps.Length), root.DefineDimension("range", gates),
            root.DefineDimension("sweep", sweeps.Length));
        foreach (var (name, value) in ((string, double)[])[("latitude", Latitude), ("longitude", Longitude), ("altitude", Height)])
            root.DefineVariable(name, NetCdfType.Float64).Write(value);
        var times = root.DefineVariable("time", NetCdfType.Float64, time);
        times.Attributes.Put("units", "seconds since 2024-05-01T12:00:00Z");
        times.Write<double>([.. Enumerable.Range(0, rays * sweeps.Length).Select(i => i * 0.1)]);
        root.DefineVariable("range", NetCdfType.Float64,
            range).Write<double>([.. Enumerable.Range(0, gates).Select(i => (i + 0.5) * spacing)]);
        root.DefineVariable("azimuth", NetCdfType.Float64,
            time).Write<double>([.. Enumerable.Range(0, rays * sweeps.Length).Select(i => (i % rays + 0.5) * 360.0 / rays)]);
        root.DefineVariable("elevation", NetCdfType.Float64,
            time).Write<double>([.. sweeps.SelectMany(s => Enumerable.Repeat(s.Elevation, rays))]);
        root.DefineVariable("fixed_angle", NetCdfType.Float64, sweep).Write<double>([.. sweeps.Select(s => s.Elevation)]);
        root.DefineVariable("sweep_start_ray_index", NetCdfType.Int32, sweep)
            .Write<int>([.. Enumerable.Range(0, sweeps.Length).Select(i => i * rays)]);
        root.DefineVariable("sweep_end_ray_index", NetCdfType.Int32, sweep)
            .Write<int>([.. Enumerable.Range(0, sweeps.Length).Select(i => ((i + 1) * rays) - 1)]);
        var field = root.DefineVariable("DBZH", NetCdfType.Float32, time, range);
        field.Attributes.Put("units", "dBZ");
        field.Attributes.Put("standard_name", "equivalent_reflectivity_factor");
        field.Attributes.Put<float>("_FillValue", -9999);
        field.Write<float>([.. sweeps.SelectMany(s => s.Codes.Cast<byte>().Select(c => c == 255 ? -9999f : (c * 0.5f) - 32))]);
        file.Close();
        return path;
    }

    private static void Write(NetCdfGroup group, string name, byte[,] codes) => group.DefineVariable(
        name, NetCdfType.UInt8, group.DefineDimension("rays", codes.GetLength(0)), group.DefineDimension("gates", codes.GetLength(1)))
            .Write<byte>([.. codes.Cast<byte>()]);
}
