using ConvLstm.Nowcast.Ingest;

namespace ConvLstm.Nowcast.Files;

/// <summary>The names in a forecast file.</summary>
internal static class ForecastNames
{
    internal const string Time = "time";
    internal const string Period = "forecast_period";
    internal const string ReferenceTime = "forecast_reference_time";
    internal const string Threshold = "threshold";
    internal const string Realization = "realization";
    internal const string GridMapping = "crs";
    internal const string Rate = "rainfall_rate";
    internal const string MeanRate = "rainfall_rate_mean";
    internal const string Members = "rainfall_rate_members";
    internal const string Probability = "probability_of_exceedance";
    internal const string AirFromOutside = "air_from_outside";

    internal const string GridName = "grid_name";

    // Origin and pixel size as GDAL reads them, https://gdal.org/en/stable/drivers/raster/netcdf.html
    internal const string GeoTransform = "GeoTransform";
    internal const string Proj = "proj4";

    internal const string Method = "method";
    internal const string ModelVersion = "model_version";
    internal const string ModelChecksum = "model_checksum_sha256";
    internal const string Inputs = "inputs";
    internal const string InputQuality = "inputs_observed_share";

    internal const string TimeUnits = "seconds since 1970-01-01 00:00:00 UTC";
    internal const string InstantFormat = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    internal static (string Rows, string Columns) Axes(RadarGrid grid) => grid.IsGeographic ? ("lat", "lon") : ("y", "x");
}
