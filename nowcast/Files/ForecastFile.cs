using System.Globalization;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.NetCdf;

namespace ConvLstm.Nowcast.Files;

/// <summary>
/// Forecasts as CF-1.8 NetCDF-4 files,
/// <see href="https://cfconventions.org/Data/cf-conventions/cf-conventions-1.8/cf-conventions.html"/>.
/// </summary>
public static class ForecastFile
{
    /// <summary>The name of a forecast's file: <c>nowcast_yyyyMMddTHHmmssZ.nc</c>, of its issue time.</summary>
    public static string NameFor(DateTimeOffset issueTime) =>
        string.Create(CultureInfo.InvariantCulture, $"nowcast_{issueTime.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}.nc");

    /// <summary>
    /// Writes the file under a temporary name beside its own and then gives it its name, so that nobody reads half a
    /// forecast and a failure leaves what was there. The folder is made where it is absent.
    /// </summary>
    /// <param name="path">The file; one that is there is replaced.</param>
    /// <param name="forecast">Rates are kept to 0.01 mm/h and probabilities to 0.001.</param>
    /// <param name="time">Tells when the file was made.</param>
    /// <param name="cancellation">Stops between two maps and leaves nothing behind.</param>
    /// <exception cref="ReportedException">The file cannot be made or written, or its projection has no grid mapping.</exception>
    public static void Write(string path, RainForecast forecast, TimeProvider time, CancellationToken cancellation)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(forecast);
        ArgumentNullException.ThrowIfNull(time);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            WholeFile.Write(path, unfinished =>
            {
                using var file = NetCdfFile.Create(unfinished);
                new ForecastWriter(file, forecast).Write(time.GetUtcNow(), cancellation);
                file.Close();
            });
        }
        catch (Exception e) when (e is NetCdfException or IOException or UnauthorizedAccessException)
        {
            var reason = e is NetCdfException failed ? failed.Reason : e.Message;
            throw new ReportedException(
                $"{path}: the forecast could not be written ({reason}). Name a file in a folder that can be written to and has room.", e);
        }
    }

    /// <summary>Reads a file that <see cref="Write"/> made, in this process: for files that are trusted.</summary>
    /// <exception cref="ReportedException">The file is absent, damaged, or no forecast of this program.</exception>
    public static RainForecast Read(string path)
    {
        using var forecast = Open(path, path);
        return forecast.Read(CancellationToken.None);
    }

    /// <summary>Opens a copy of a file that <see cref="Write"/> made.</summary>
    /// <param name="location">Where the file is.</param>
    /// <param name="name">What errors call it.</param>
    /// <exception cref="ReportedException">The file is absent, damaged, or no forecast of this program.</exception>
    public static StoredForecast Open(string location, string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(location);
        var file = NetCdfFile.Open(location, name);
        try
        {
            var reader = new ForecastReader(file, new FileInfo(location).Length);
            var contents = reader.Contents();
            return new(contents, (index, map) => reader.Read(contents, index, map), file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>
    /// True for what looks like a forecast: radar scans have no lead time. False for what is no NetCDF or HDF5, or too damaged to be
    /// opened, which whoever reads it as radar will say.
    /// </summary>
    /// <param name="location">Where the file is.</param>
    /// <param name="name">What errors call it.</param>
    /// <exception cref="NetCdfException">It is refused for what reading it would do.</exception>
    public static bool Recognises(string location, string name)
    {
        try
        {
            using var file = NetCdfFile.Open(location, name);
            return file.Root.FindVariable(ForecastNames.Period) is not null;
        }
        catch (NetCdfException e) when (!e.IsRefusal)
        {
            return false;
        }
    }
}
