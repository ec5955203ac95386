using System.Globalization;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.NetCdf;

namespace ConvLstm.Nowcast.Files;

/// <summary>Reads what <see cref="ForecastWriter"/> laid out.</summary>
internal sealed class ForecastReader(NetCdfFile file)
{
    /// <summary>Minutes ahead that no nowcast goes.</summary>
    private const double LongestLead = 14_400;

    private readonly NetCdfGroup _root = file.Root;

    internal RainForecast Read()
    {
        var rate = Needed(ForecastNames.Rate);
        var leads = Leads();
        var thresholds = Thresholds();
        var members = _root.FindVariable(ForecastNames.Members);
        return new RainForecast
        {
            Grid = Grid(rate),
            IssueTime = IssueTime(),
            LeadTimes = leads,
            RainRate = Maps<float>(rate, leads.Length),
            // Files from before there was a mean have one rate for all.
            MeanRate = Maps<float>(_root.FindVariable(ForecastNames.MeanRate) ?? rate, leads.Length),
            Thresholds = thresholds,
            ExceedanceProbability = thresholds.Length == 0 ? []
                : Series(Needed(ForecastNames.Probability), thresholds.Length, leads.Length),
            Members = members is null ? [] : Series(members, null, leads.Length),
            AirFromOutside = _root.FindVariable(ForecastNames.AirFromOutside) is { } outside
                ? Maps<sbyte>(outside, leads.Length).Select(map => Array.ConvertAll(map, o => o != 0)).ToArray() : [],
            Provenance = Provenance(),
        };
    }

    internal DateTimeOffset IssueTime()
    {
        var seconds = Needed(ForecastNames.ReferenceTime).Read<long>();
        return seconds is [var time] && time >= DateTimeOffset.MinValue.ToUnixTimeSeconds()
            && time <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            ? DateTimeOffset.FromUnixTimeSeconds(time)
            : throw Foreign($"{ForecastNames.ReferenceTime} is no time");
    }

    private TimeSpan[] Leads()
    {
        var minutes = Needed(ForecastNames.Period).Read<double>();
        return minutes.Length > 0 && Array.TrueForAll(minutes, m => m is > 0 and <= LongestLead)
            && minutes.Zip(minutes.Skip(1)).All(pair => pair.First < pair.Second)
            ? Array.ConvertAll(minutes, TimeSpan.FromMinutes)
            : throw Foreign($"{ForecastNames.Period} does not rise from above 0 to {LongestLead} minutes at most");
    }

    private float[] Thresholds()
    {
        var rates = _root.FindVariable(ForecastNames.Threshold)?.Read<float>() ?? [];
        return Array.TrueForAll(rates, rate => rate > 0 && float.IsFinite(rate))
            && rates.Zip(rates.Skip(1)).All(pair => pair.First < pair.Second)
            ? rates
            : throw Foreign($"{ForecastNames.Threshold} does not rise from above 0");
    }

    private RadarGrid Grid(NetCdfVariable rate)
    {
        var mapping = Needed(ForecastNames.GridMapping).Attributes;
        var proj = mapping.Text(ForecastNames.Proj) ?? throw Foreign($"no {ForecastNames.GridMapping}:{ForecastNames.Proj}");
        var numbers = (mapping.Text(ForecastNames.GeoTransform) ?? "").Split(' ')
            .Select(n => double.TryParse(n, CultureInfo.InvariantCulture, out var value) ? value : double.NaN).ToArray();
        if (numbers is not [var x, var pixelX, _, var y, _, var pixelY] || numbers.Any(double.IsNaN)
            || rate.Dimensions is not [_, var rows, var columns])
            throw Foreign($"no {ForecastNames.GridMapping}:{ForecastNames.GeoTransform} of six numbers, or a {rate.Name} that is not "
                + "(time, rows, columns)");
        return new RadarGrid(
            _root.Attributes.Text(ForecastNames.GridName) ?? "", checked((int)columns.Length), checked((int)rows.Length), proj, pixelX,
                -pixelY, x, y);
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
        DateTimeOffset.TryParseExact(text, ForecastNames.InstantFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal,
            out var time)
            ? time
            : throw Foreign($"'{text}' among its {ForecastNames.Inputs} is no time");

    private float[][][] Series(NetCdfVariable variable, int? count, int leads) =>
        variable.Dimensions.Count == 4 && (count ?? variable.Dimensions[0].Length) == variable.Dimensions[0].Length
            ? Enumerable.Range(0, (int)variable.Dimensions[0].Length).Select(i => Maps<float>(variable, leads, i)).ToArray()
            : throw Foreign($"{variable.Name} has other dimensions than its maps");

    // One map a read: one chunk of the file.
    private T[][] Maps<T>(NetCdfVariable variable, int leads, params long[] outer)
        where T : unmanaged
    {
        var shape = variable.Dimensions.Skip(outer.Length).Select(d => d.Length).ToArray();
        var whole = Needed(ForecastNames.Rate).Dimensions;
        if (whole.Count != 3 || shape.Length != 3 || shape[0] != leads || shape[1] != whole[1].Length || shape[2] != whole[2].Length
            || shape[1] * shape[2] == 0)
            throw Foreign($"{variable.Name} is not (time, rows, columns) of {leads} times");
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
