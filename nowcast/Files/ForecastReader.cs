using System.Globalization;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.NetCdf;

namespace ConvLstm.Nowcast.Files;

/// <summary>Reads what <see cref="ForecastWriter"/> laid out.</summary>
internal sealed class ForecastReader(NetCdfFile file)
{
    private readonly NetCdfGroup _root = file.Root;

    internal RainForecast Read()
    {
        var rate = Needed(ForecastNames.Rate);
        var leads = Needed(ForecastNames.Period).Read<double>().Select(TimeSpan.FromMinutes).ToArray();
        var thresholds = _root.FindVariable(ForecastNames.Threshold);
        var members = _root.FindVariable(ForecastNames.Members);
        return new RainForecast
        {
            Grid = Grid(rate),
            IssueTime = IssueTime(),
            LeadTimes = leads,
            RainRate = Maps<float>(rate),
            // Files from before there was a mean have one rate for all.
            MeanRate = Maps<float>(_root.FindVariable(ForecastNames.MeanRate) ?? rate),
            Thresholds = thresholds?.Read<float>() ?? [],
            ExceedanceProbability = thresholds is null ? [] : Series(Needed(ForecastNames.Probability)),
            Members = members is null ? [] : Series(members),
            AirFromOutside = _root.FindVariable(ForecastNames.AirFromOutside) is { } outside
                ? Maps<sbyte>(outside).Select(map => Array.ConvertAll(map, o => o != 0)).ToArray() : [],
            Provenance = Provenance(),
        };
    }

    internal DateTimeOffset IssueTime() => DateTimeOffset.FromUnixTimeSeconds(Needed(ForecastNames.ReferenceTime).Read<long>()[0]);

    private RadarGrid Grid(NetCdfVariable rate)
    {
        var mapping = Needed(ForecastNames.GridMapping).Attributes;
        var proj = mapping.Text(ForecastNames.Proj) ?? throw Foreign($"no {ForecastNames.GridMapping}:{ForecastNames.Proj}");
        var numbers = (mapping.Text(ForecastNames.GeoTransform) ?? "").Split(' ')
            .Select(n => double.TryParse(n, CultureInfo.InvariantCulture, out var value) ? value : double.NaN).ToArray();
        if (numbers is not [var x, var pixelX, _, var y, _, var pixelY] || numbers.Any(double.IsNaN) || rate.Dimensions is not [_, var rows, var columns])
            throw Foreign($"no {ForecastNames.GridMapping}:{ForecastNames.GeoTransform} of six numbers, or a {rate.Name} that is not (time, rows, columns)");
        return new RadarGrid(
            _root.Attributes.Text(ForecastNames.GridName) ?? "", checked((int)columns.Length), checked((int)rows.Length), proj, pixelX, -pixelY, x, y);
    }

    private ForecastProvenance Provenance()
    {
        var attributes = _root.Attributes;
        var inputs = (attributes.Text(ForecastNames.Inputs) ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(Instant).ToArray();
        return new ForecastProvenance(
            attributes.Text(ForecastNames.Method) ?? "", attributes.Text(ForecastNames.ModelVersion) ?? "",
            attributes.Text(ForecastNames.ModelChecksum) ?? "", inputs, attributes.Numbers(ForecastNames.InputQuality) ?? []);
    }

    private DateTimeOffset Instant(string text) =>
        DateTimeOffset.TryParseExact(text, ForecastNames.InstantFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : throw Foreign($"'{text}' among its {ForecastNames.Inputs} is no time");

    private static float[][][] Series(NetCdfVariable variable) =>
        Enumerable.Range(0, (int)variable.Dimensions[0].Length).Select(i => Maps<float>(variable, i)).ToArray();

    // One map a read: one chunk of the file.
    private static T[][] Maps<T>(NetCdfVariable variable, params long[] outer)
        where T : unmanaged
    {
        var shape = variable.Dimensions.Skip(outer.Length).Select(d => d.Length).ToArray();
        return Enumerable.Range(0, (int)shape[0]).Select(lead =>
        {
            var map = new T[checked(shape[1] * shape[2])];
            variable.Read([.. outer, lead, 0, 0], [.. outer.Select(_ => 1L), 1, shape[1], shape[2]], map.AsSpan());
            return map;
        }).ToArray();
    }

    private NetCdfVariable Needed(string name) => _root.FindVariable(name) ?? throw Foreign($"no variable {name}");

    private ReportedException Foreign(string lack) =>
        new($"{file.Path} is no forecast of this program ({lack}): give a file that 'nowcast forecast' wrote.");
}
