using System.Globalization;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.NetCdf;
using ConvLstm.Nowcast.Ingest.Projection;

namespace ConvLstm.Nowcast.Files;

/// <summary>Lays a forecast out in an empty file.</summary>
internal sealed class ForecastWriter(NetCdfFile file, RainForecast forecast)
{
    // Level 2 is nearly as small as 9 on rounded rain, at a fifth of the time.
    private const int DeflateLevel = 2;

    private readonly NetCdfGroup root = file.Root;
    private readonly RadarGrid grid = forecast.Grid;

    /// <summary>The maps, to be written when all is defined.</summary>
    private readonly List<Action<NetCdfMaps>> maps = [];

    internal void Write(DateTimeOffset now, CancellationToken cancellation)
    {
        var (rowsName, columnsName) = ForecastNames.Axes(grid);
        var time = root.DefineDimension(ForecastNames.Time, forecast.LeadTimes.Count);
        var rows = root.DefineDimension(rowsName, grid.Height);
        var columns = root.DefineDimension(columnsName, grid.Width);
        WriteGlobals(now);
        WriteTimes(time);
        WriteGrid(rows, columns);
        WriteMaps(ForecastNames.Rate, "rain rate", "mm h-1", 100, [time, rows, columns], [forecast.RainRate], cancellation)
            .Attributes.Put("standard_name", "rainfall_rate");
        if (forecast.Thresholds.Count > 0)
            WriteProbabilities(time, rows, columns, cancellation);
        if (forecast.Members.Count > 0)
            WriteMembers(time, rows, columns, cancellation);
        if (forecast.AirFromOutside.Count > 0)
            WriteAirFromOutside(time, rows, columns, cancellation);
        using var numbers = new NetCdfMaps(file);
        foreach (var fill in maps)
            fill(numbers);
        numbers.Close();
    }

    private void WriteGlobals(DateTimeOffset now)
    {
        var from = forecast.Provenance;
        var attributes = root.Attributes;
        attributes.Put("Conventions", "CF-1.8");
        attributes.Put("title", "Rain nowcast");
        attributes.Put("source", $"ConvLstm.Nowcast, {from.Method} {from.ModelVersion}".TrimEnd());
        attributes.Put("history", $"{Instant(now)} made by ConvLstm.Nowcast");
        attributes.Put(ForecastNames.Method, from.Method);
        attributes.Put(ForecastNames.ModelVersion, from.ModelVersion);
        attributes.Put(ForecastNames.ModelChecksum, from.ModelChecksum);
        attributes.Put(ForecastNames.Inputs, string.Join(' ', from.Inputs.Select(Instant)));
        attributes.Put<double>(ForecastNames.InputQuality, from.InputQuality.ToArray());
        attributes.Put(ForecastNames.GridName, grid.Name);
    }

    private void WriteTimes(NetCdfDimension time)
    {
        var valid = Described(root.DefineVariable(ForecastNames.Time, NetCdfType.Int64, time), "time", "valid time", ForecastNames.TimeUnits);
        valid.Attributes.Put("calendar", "standard");
        valid.Attributes.Put("axis", "T");
        valid.Write<long>(forecast.LeadTimes.Select(lead => (forecast.IssueTime + lead).ToUnixTimeSeconds()).ToArray());
        var period = Described(root.DefineVariable(ForecastNames.Period, NetCdfType.Float64, time), "forecast_period", "lead time", "minutes");
        period.Write<double>(forecast.LeadTimes.Select(lead => lead.TotalMinutes).ToArray());
        var issued = Described(
            root.DefineVariable(ForecastNames.ReferenceTime, NetCdfType.Int64), "forecast_reference_time", "issue time: the newest scan", ForecastNames.TimeUnits);
        issued.Attributes.Put("calendar", "standard");
        issued.Write(forecast.IssueTime.ToUnixTimeSeconds());
    }

    private void WriteGrid(NetCdfDimension rows, NetCdfDimension columns)
    {
        var mapping = root.DefineVariable(ForecastNames.GridMapping, NetCdfType.Int32);
        try
        {
            CfGridMapping.Write(mapping.Attributes, grid.Proj);
        }
        catch (FormatException e)
        {
            throw new ReportedException($"Grid {grid.Name} cannot be written to a forecast file: {e.Message}", e);
        }
        mapping.Attributes.Put(ForecastNames.GeoTransform, string.Create(
            CultureInfo.InvariantCulture, $"{grid.OriginX:R} {grid.PixelX:R} 0 {grid.OriginY:R} 0 {-grid.PixelY:R}"));
        mapping.Write(0);
        if (grid.IsGeographic)
        {
            WriteAxis(rows, "latitude", "degrees_north", "Y", grid.CentreY);
            WriteAxis(columns, "longitude", "degrees_east", "X", grid.CentreX);
        }
        else
        {
            WriteAxis(rows, "projection_y_coordinate", "m", "Y", grid.CentreY);
            WriteAxis(columns, "projection_x_coordinate", "m", "X", grid.CentreX);
        }
    }

    private void WriteAxis(NetCdfDimension dimension, string standardName, string units, string axis, Func<int, double> centre)
    {
        var coordinate = Described(root.DefineVariable(dimension.Name, NetCdfType.Float64, dimension), standardName, null, units);
        coordinate.Attributes.Put("axis", axis);
        coordinate.Write<double>(Enumerable.Range(0, (int)dimension.Length).Select(centre).ToArray());
    }

    private void WriteProbabilities(NetCdfDimension time, NetCdfDimension rows, NetCdfDimension columns, CancellationToken cancellation)
    {
        var dimension = root.DefineDimension(ForecastNames.Threshold, forecast.Thresholds.Count);
        var thresholds = Described(root.DefineVariable(ForecastNames.Threshold, NetCdfType.Float32, dimension), null, "rain rate that is reached", "mm h-1");
        thresholds.Write<float>(forecast.Thresholds.ToArray());
        WriteMaps(ForecastNames.Probability, "probability that the rain rate reaches the threshold", "1", 1000,
            [dimension, time, rows, columns], forecast.ExceedanceProbability, cancellation);
    }

    private void WriteMembers(NetCdfDimension time, NetCdfDimension rows, NetCdfDimension columns, CancellationToken cancellation)
    {
        var dimension = root.DefineDimension(ForecastNames.Realization, forecast.Members.Count);
        var numbers = Described(root.DefineVariable(ForecastNames.Realization, NetCdfType.Int32, dimension), "realization", "member", "1");
        numbers.Attributes.Put("axis", "E");
        numbers.Write<int>(Enumerable.Range(0, forecast.Members.Count).ToArray());
        WriteMaps(ForecastNames.Members, "rain rate of the members", "mm h-1", 100, [dimension, time, rows, columns], forecast.Members, cancellation)
            .Attributes.Put("standard_name", "rainfall_rate");
    }

    private void WriteAirFromOutside(NetCdfDimension time, NetCdfDimension rows, NetCdfDimension columns, CancellationToken cancellation)
    {
        var variable = root.DefineVariable(ForecastNames.AirFromOutside, NetCdfType.Int8, time, rows, columns)
            .Deflate(DeflateLevel, 1, grid.Height, grid.Width);
        Described(variable, null, "the air comes from where no radar looked: no rate, probabilities are climatology", null);
        variable.Attributes.Put<sbyte>("flag_values", 0, 1);
        variable.Attributes.Put("flag_meanings", "air_known air_from_outside");
        Placed(variable);
        maps.Add(target =>
        {
            for (var lead = 0; lead < forecast.AirFromOutside.Count; lead++)
            {
                cancellation.ThrowIfCancellationRequested();
                target.Write(variable, [lead, 0, 0], [1, grid.Height, grid.Width], Array.ConvertAll(forecast.AirFromOutside[lead], o => (sbyte)(o ? 1 : 0)));
            }
        });
    }

    // A map is a chunk: what reads one map unpacks one. Values are rounded to one part in `parts`, which deflates well.
    private NetCdfVariable WriteMaps(
        string name, string longName, string units, float parts, NetCdfDimension[] dimensions,
        IReadOnlyList<IReadOnlyList<float[]>> series, CancellationToken cancellation)
    {
        long[] leading = dimensions.Length == 4 ? [1, 1] : [1];
        long[] count = [.. leading, grid.Height, grid.Width];
        var variable = Described(root.DefineVariable(name, NetCdfType.Float32, dimensions).Deflate(DeflateLevel, count), null, longName, units);
        variable.Attributes.Put("_FillValue", float.NaN);
        Placed(variable);
        maps.Add(target =>
        {
            var rounded = new float[grid.PixelCount];
            for (var outer = 0; outer < series.Count; outer++)
            {
                for (var lead = 0; lead < series[outer].Count; lead++)
                {
                    cancellation.ThrowIfCancellationRequested();
                    var map = series[outer][lead];
                    for (var i = 0; i < rounded.Length; i++)
                        rounded[i] = MathF.Round(map[i] * parts) / parts;
                    long[] start = dimensions.Length == 4 ? [outer, lead, 0, 0] : [lead, 0, 0];
                    target.Write(variable, start, count, rounded);
                }
            }
        });
        return variable;
    }

    private static void Placed(NetCdfVariable variable)
    {
        variable.Attributes.Put("grid_mapping", ForecastNames.GridMapping);
        variable.Attributes.Put("coordinates", $"{ForecastNames.Period} {ForecastNames.ReferenceTime}");
    }

    private static NetCdfVariable Described(NetCdfVariable variable, string? standardName, string? longName, string? units)
    {
        if (standardName is not null)
            variable.Attributes.Put("standard_name", standardName);
        if (longName is not null)
            variable.Attributes.Put("long_name", longName);
        if (units is not null)
            variable.Attributes.Put("units", units);
        return variable;
    }

    private static string Instant(DateTimeOffset time) => time.UtcDateTime.ToString(ForecastNames.InstantFormat, CultureInfo.InvariantCulture);
}
