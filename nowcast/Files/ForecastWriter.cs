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

    private readonly NetCdfGroup _root = file.Root;
    private readonly RadarGrid _grid = forecast.Grid;

    /// <summary>The maps, to be written when all is defined.</summary>
    private readonly List<Action<NetCdfMaps>> _maps = [];

    internal void Write(DateTimeOffset now, CancellationToken cancellation)
    {
        var (rowsName, columnsName) = ForecastNames.Axes(_grid);
        var time = _root.DefineDimension(ForecastNames.Time, forecast.LeadTimes.Count);
        var rows = _root.DefineDimension(rowsName, _grid.Height);
        var columns = _root.DefineDimension(columnsName, _grid.Width);
        WriteGlobals(now);
        WriteTimes(time);
        WriteGrid(rows, columns);
        WriteMaps(ForecastNames.Rate, "rain rate, for maps", "mm h-1", 100, [time, rows, columns], [forecast.RainRate], cancellation)
            .Attributes.Put("standard_name", "rainfall_rate");
        WriteMaps(ForecastNames.MeanRate, "mean of the forecast distribution of the rain rate, for amounts", "mm h-1", 100,
            [time, rows, columns], [forecast.MeanRate], cancellation)
            .Attributes.Put("standard_name", "rainfall_rate");
        if (forecast.Thresholds.Count > 0)
            WriteProbabilities(time, rows, columns, cancellation);
        if (forecast.Members.Count > 0)
            WriteMembers(time, rows, columns, cancellation);
        if (forecast.AirFromOutside.Count > 0)
            WriteAirFromOutside(time, rows, columns, cancellation);
        using var numbers = new NetCdfMaps(file);
        foreach (var fill in _maps)
            fill(numbers);
        numbers.Close();
    }

    private void WriteGlobals(DateTimeOffset now)
    {
        var from = forecast.Provenance;
        var attributes = _root.Attributes;
        attributes.Put("Conventions", "CF-1.8");
        attributes.Put("title", "Rain nowcast");
        attributes.Put("source", $"ConvLstm.Nowcast, {from.Method} {from.ModelVersion}".TrimEnd());
        attributes.Put("history", $"{Instant(now)} made by ConvLstm.Nowcast");
        attributes.Put(ForecastNames.Method, from.Method);
        attributes.Put(ForecastNames.ModelVersion, from.ModelVersion);
        attributes.Put(ForecastNames.ModelChecksum, from.ModelChecksum);
        attributes.Put(ForecastNames.Inputs, string.Join(' ', from.Inputs.Select(Instant)));
        attributes.Put<double>(ForecastNames.InputQuality, from.InputQuality.ToArray());
        attributes.Put(ForecastNames.GridName, _grid.Name);
    }

    private void WriteTimes(NetCdfDimension time)
    {
        var valid = Described(_root.DefineVariable(ForecastNames.Time, NetCdfType.Int64, time), "time", "valid time",
            ForecastNames.TimeUnits);
        valid.Attributes.Put("calendar", "standard");
        valid.Attributes.Put("axis", "T");
        valid.Write<long>(forecast.LeadTimes.Select(lead => (forecast.IssueTime + lead).ToUnixTimeSeconds()).ToArray());
        var period = Described(_root.DefineVariable(ForecastNames.Period, NetCdfType.Float64, time), "forecast_period", "lead time",
            "minutes");
        period.Write<double>(forecast.LeadTimes.Select(lead => lead.TotalMinutes).ToArray());
        var issued = Described(
            _root.DefineVariable(ForecastNames.ReferenceTime, NetCdfType.Int64), "forecast_reference_time", "issue time: the newest scan",
                ForecastNames.TimeUnits);
        issued.Attributes.Put("calendar", "standard");
        issued.Write(forecast.IssueTime.ToUnixTimeSeconds());
    }

    private void WriteGrid(NetCdfDimension rows, NetCdfDimension columns)
    {
        var mapping = _root.DefineVariable(ForecastNames.GridMapping, NetCdfType.Int32);
        try
        {
            CfGridMapping.Write(mapping.Attributes, _grid.Proj);
        }
        catch (FormatException e)
        {
            throw new ReportedException($"Grid {_grid.Name} cannot be written to a forecast file: {e.Message}", e);
        }
        mapping.Attributes.Put(ForecastNames.GeoTransform, string.Create(
            CultureInfo.InvariantCulture, $"{_grid.OriginX:R} {_grid.PixelX:R} 0 {_grid.OriginY:R} 0 {-_grid.PixelY:R}"));
        mapping.Write(0);
        if (_grid.IsGeographic)
        {
            WriteAxis(rows, "latitude", "degrees_north", "Y", _grid.CentreY);
            WriteAxis(columns, "longitude", "degrees_east", "X", _grid.CentreX);
        }
        else
        {
            WriteAxis(rows, "projection_y_coordinate", "m", "Y", _grid.CentreY);
            WriteAxis(columns, "projection_x_coordinate", "m", "X", _grid.CentreX);
        }
    }

    private void WriteAxis(NetCdfDimension dimension, string standardName, string units, string axis, Func<int, double> centre)
    {
        var coordinate = Described(_root.DefineVariable(dimension.Name, NetCdfType.Float64, dimension), standardName, null, units);
        coordinate.Attributes.Put("axis", axis);
        coordinate.Write<double>(Enumerable.Range(0, (int)dimension.Length).Select(centre).ToArray());
    }

    private void WriteProbabilities(NetCdfDimension time, NetCdfDimension rows, NetCdfDimension columns, CancellationToken cancellation)
    {
        var dimension = _root.DefineDimension(ForecastNames.Threshold, forecast.Thresholds.Count);
        var thresholds = Described(_root.DefineVariable(ForecastNames.Threshold, NetCdfType.Float32, dimension), null,
            "rain rate that is reached", "mm h-1");
        thresholds.Write<float>(forecast.Thresholds.ToArray());
        WriteMaps(ForecastNames.Probability, "probability that the rain rate reaches the threshold", "1", 1000,
            [dimension, time, rows, columns], forecast.ExceedanceProbability, cancellation);
    }

    private void WriteMembers(NetCdfDimension time, NetCdfDimension rows, NetCdfDimension columns, CancellationToken cancellation)
    {
        var dimension = _root.DefineDimension(ForecastNames.Realization, forecast.Members.Count);
        var numbers = Described(_root.DefineVariable(ForecastNames.Realization, NetCdfType.Int32, dimension), "realization", "member", "1");
        numbers.Attributes.Put("axis", "E");
        numbers.Write<int>(Enumerable.Range(0, forecast.Members.Count).ToArray());
        WriteMaps(ForecastNames.Members, "rain rate of the members", "mm h-1", 100, [dimension, time, rows, columns], forecast.Members,
            cancellation)
            .Attributes.Put("standard_name", "rainfall_rate");
    }

    private void WriteAirFromOutside(NetCdfDimension time, NetCdfDimension rows, NetCdfDimension columns, CancellationToken cancellation)
    {
        var variable = _root.DefineVariable(ForecastNames.AirFromOutside, NetCdfType.Int8, time, rows, columns)
            .Deflate(DeflateLevel, 1, _grid.Height, _grid.Width);
        Described(variable, null, "the air comes from where no radar looked: no rate, probabilities are climatology", null);
        variable.Attributes.Put<sbyte>("flag_values", 0, 1);
        variable.Attributes.Put("flag_meanings", "air_known air_from_outside");
        Placed(variable);
        _maps.Add(target =>
        {
            for (var lead = 0; lead < forecast.AirFromOutside.Count; lead++)
            {
                cancellation.ThrowIfCancellationRequested();
                target.Write(variable, [lead, 0, 0], [1, _grid.Height, _grid.Width],
                    Array.ConvertAll(forecast.AirFromOutside[lead], o => (sbyte)(o ? 1 : 0)));
            }
        });
    }

    // A map is a chunk: what reads one map unpacks one. Values are rounded to one part in `parts`, which deflates well.
    private NetCdfVariable WriteMaps(
        string name, string longName, string units, float parts, NetCdfDimension[] dimensions,
        IReadOnlyList<IReadOnlyList<float[]>> series, CancellationToken cancellation)
    {
        long[] leading = dimensions.Length == 4 ? [1, 1] : [1];
        long[] count = [.. leading, _grid.Height, _grid.Width];
        var variable = Described(_root.DefineVariable(name, NetCdfType.Float32, dimensions).Deflate(DeflateLevel, count), null, longName,
            units);
        variable.Attributes.Put("_FillValue", float.NaN);
        Placed(variable);
        _maps.Add(target =>
        {
            var rounded = new float[_grid.PixelCount];
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

    private static string Instant(DateTimeOffset time) =>
        time.UtcDateTime.ToString(ForecastNames.InstantFormat, CultureInfo.InvariantCulture);
}
