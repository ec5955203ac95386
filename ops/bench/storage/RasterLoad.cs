using System.Diagnostics;
using System.Globalization;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Storage;

namespace ConvLstm.Nowcast.Bench.Storage;

/// <summary>
/// The peer of publishing: the maps of a run as files that GDAL reads (one a lead, the rate and the probabilities its
/// bands), loaded with <c>raster2pgsql | psql</c>.
/// </summary>
internal sealed class RasterLoad : IDisposable
{
    /// <summary>
    /// As the manual has it, index, constraints and statistics too: https://postgis.net/docs/using_raster_dataman.html#RT_Raster_Loader.
    /// </summary>
    internal const string Manual = "-I -C -M";

    /// <summary>By COPY into a table without index or constraint.</summary>
    internal const string Fastest = "-Y";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("nowcast-bench-");
    private readonly NowcastDatabase _database;
    private readonly int _srid, _tile;

    internal RasterLoad(NowcastDatabase database, RainForecast forecast, int srid, int tile)
    {
        (_database, _srid, _tile) = (database, srid, tile);
        for (var lead = 0; lead < forecast.LeadTimes.Count; lead++)
            Write(forecast, lead);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>Seconds, less those of making the files.</summary>
    internal async Task<double> LoadAsync(string options)
    {
        await _database.ExecuteAsync("DROP TABLE IF EXISTS public.raster_load");
        var cluster = _database.Cluster!;
        var start = Stopwatch.GetTimestamp();
        using var load = Process.Start(new ProcessStartInfo("bash",
        [
            "-o", "pipefail", "-c",
            string.Create(CultureInfo.InvariantCulture,
                $"raster2pgsql -q {options} -s {_srid} -t {_tile}x{_tile} -P -N -1 -F lead_*.vrt public.raster_load | "
                + $"psql -q -v ON_ERROR_STOP=1 -o /dev/null -h '{cluster.SocketFolder}' -p {cluster.Port} -U nowcast nowcast"),
        ])
        { WorkingDirectory = _folder.FullName, RedirectStandardError = true })!;
        var errors = await load.StandardError.ReadToEndAsync();
        await load.WaitForExitAsync();
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        if (load.ExitCode != 0)
            throw new ReportedException($"raster2pgsql | psql failed (Debian: apt-get install postgis): {errors.Trim()}");
        var tiles = await _database.ScalarAsync<long>("SELECT count(*) FROM public.raster_load");
        await _database.ExecuteAsync("DROP TABLE public.raster_load");
        return tiles == SimulatedRuns.Leads * (SimulatedRuns.Size / _tile) * (SimulatedRuns.Size / _tile)
            ? seconds
            : throw new ReportedException($"raster2pgsql loaded {tiles} tiles.");
    }

    /// <summary>https://gdal.org/en/stable/drivers/raster/vrt.html, VRTRawRasterBand: nothing to decode.</summary>
    private void Write(RainForecast forecast, int lead)
    {
        var grid = forecast.Grid;
        var name = $"lead_{lead:00}";
        using (var raw = File.Create(Path.Combine(_folder.FullName, name + ".raw")))
        {
            raw.Write(System.Runtime.InteropServices.MemoryMarshal.AsBytes(
                Array.ConvertAll(forecast.RainRate[lead], rate => float.IsNaN(rate) ? -1 : MathF.Round(rate, 2)).AsSpan()));
            foreach (var probability in forecast.ExceedanceProbability)
                raw.Write(Array.ConvertAll(probability[lead], p => float.IsNaN(p) ? (byte)255 : (byte)((p * 100) + 0.5f)));
        }
        var rates = 4 * grid.PixelCount;
        var bands = string.Concat(Enumerable.Range(0, 1 + forecast.Thresholds.Count).Select(band => band == 0
            ? Band(1, "Float32", 0, 4, -1)
            : Band(band + 1, "Byte", rates + ((band - 1) * grid.PixelCount), 1, 255)));
        File.WriteAllText(Path.Combine(_folder.FullName, name + ".vrt"), string.Create(CultureInfo.InvariantCulture,
            $"<VRTDataset rasterXSize=\"{grid.Width}\" rasterYSize=\"{grid.Height}\">"
            + $"<GeoTransform>{grid.OriginX}, {grid.PixelX}, 0, {grid.OriginY}, 0, {-grid.PixelY}</GeoTransform>{bands}</VRTDataset>"));

        string Band(int number, string type, int offset, int bytes, int nodata) => string.Create(CultureInfo.InvariantCulture,
            $"<VRTRasterBand dataType=\"{type}\" band=\"{number}\" subClass=\"VRTRawRasterBand\">"
            + $"<NoDataValue>{nodata}</NoDataValue><SourceFilename relativeToVRT=\"1\">{name}.raw</SourceFilename>"
            + $"<ImageOffset>{offset}</ImageOffset><PixelOffset>{bytes}</PixelOffset><LineOffset>{bytes * grid.Width}</LineOffset>"
            + $"<ByteOrder>LSB</ByteOrder></VRTRasterBand>");
    }
}
