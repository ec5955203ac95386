using System.Globalization;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.NetCdf;

namespace ConvLstm.Nowcast.Files;

/// <summary>Reads what <see cref="ForecastWriter"/> laid out.</summary>
/// <param name="file">The file.</param>
/// <param name="length">Its bytes.</param>
internal sealed class ForecastReader(NetCdfFile file, long length)
{
    /// <summary>Minutes ahead that no nowcast goes.</summary>
    private const double LongestLead = 14_400;

    private const int MostMembers = 10_000;

    // No grid has more: ingest reads none that is larger.
    private const double MostPixels = 160e6;

    // Values of two bytes, of which deflate packs 1032 into one at best, https://zlib.net/zlib_tech.html: maps that were never written
    // take no bytes, and would take memory without end.
    private const double PixelsAByte = 520;

    private readonly NetCdfGroup _root = file.Root;

    /// <exception cref="ReportedException">It is no forecast of this program.</exception>
    internal ForecastContents Contents()
    {
        var rate = Needed(ForecastNames.Rate);
        var (leads, thresholds) = (Leads(), Thresholds());
        var grid = Grid(rate);
        var members = _root.FindVariable(ForecastNames.Members);
        foreach (var name in (string[])[ForecastNames.Rate, ForecastNames.MeanRate, ForecastNames.AirFromOutside])
        {
            if (_root.FindVariable(name) is { } variable)
                RequireMaps(variable, leads.Length, grid, null);
        }
        if (thresholds.Length > 0)
            RequireMaps(Needed(ForecastNames.Probability), leads.Length, grid, thresholds.Length);
        if (members is not null)
            RequireMaps(members, leads.Length, grid, members.Dimensions[0].Length);
        var contents = new ForecastContents(grid, IssueTime(), leads, thresholds, (int)(members?.Dimensions[0].Length ?? 0),
            _root.FindVariable(ForecastNames.MeanRate) is not null, _root.FindVariable(ForecastNames.AirFromOutside) is not null,
            Provenance());
        return (double)contents.SeriesCount * leads.Length * grid.PixelCount <= PixelsAByte * length
            ? contents
            : throw Foreign("it declares more maps than its bytes can hold");
    }

    /// <summary>Reads a map into memory of the caller's.</summary>
    /// <param name="contents">What <see cref="Contents"/> found.</param>
    /// <param name="index">As <see cref="ForecastContents.Read"/> counts.</param>
    /// <param name="map">Filled, row-major.</param>
    internal void Read(ForecastContents contents, int index, Span<float> map)
    {
        var (series, lead) = Math.DivRem(index, contents.LeadTimes.Count);
        var (name, outer) = series switch
        {
            0 => (ForecastNames.Rate, null),
            _ when series < contents.FirstProbability => (ForecastNames.MeanRate, null),
            _ when series < contents.FirstMember => (ForecastNames.Probability, series - contents.FirstProbability),
            _ when series < contents.AirFromOutside => (ForecastNames.Members, series - contents.FirstMember),
            _ => (ForecastNames.AirFromOutside, (int?)null),
        };
        long[] first = outer is { } at ? [at, lead, 0, 0] : [lead, 0, 0];
        long[] counts = [.. first[2..].Select(_ => 1L), contents.Grid.Height, contents.Grid.Width];
        Needed(name).Read(first, counts, map);
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
            || rate.Dimensions is not [_, var rows, var columns] || (double)rows.Length * columns.Length is < 1 or > MostPixels)
            throw Foreign($"no {ForecastNames.GridMapping}:{ForecastNames.GeoTransform} of six numbers, or a {rate.Name} that is not "
                + "(time, rows, columns)");
        return new RadarGrid(
            _root.Attributes.Text(ForecastNames.GridName) ?? "", (int)columns.Length, (int)rows.Length, proj, pixelX,
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

    private void RequireMaps(NetCdfVariable variable, int leads, RadarGrid grid, long? outer)
    {
        var shape = variable.Dimensions.Select(d => d.Length).ToArray();
        long[] wanted = outer is { } count ? [count, leads, grid.Height, grid.Width] : [leads, grid.Height, grid.Width];
        if (!shape.SequenceEqual(wanted) || outer > MostMembers)
            throw Foreign($"{variable.Name} is not ({(outer is null ? "" : $"{outer}, ")}time, rows, columns) of {leads} times");
    }

    private NetCdfVariable Needed(string name) => _root.FindVariable(name) ?? throw Foreign($"no variable {name}");

    private ReportedException Foreign(string lack) =>
        new($"{file.Path} is no forecast of this program ({lack}): give a file that 'nowcast forecast' wrote.");
}
