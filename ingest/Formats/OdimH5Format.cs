using System.Globalization;
using ConvLstm.Nowcast.Ingest.NetCdf;

namespace ConvLstm.Nowcast.Ingest.Formats;

/// <summary>
/// Composites of the OPERA Data Information Model for HDF5, versions 2.0 to 2.4,
/// <see href="https://www.eumetnet.eu/wp-content/uploads/2021/07/ODIM_H5_v2.4.pdf"/>: RATE, ACRR, DBZH and TH.
/// </summary>
internal sealed class OdimH5Format : IRadarFormat
{
    // In the order of preference: what comes closest to rain at the ground first. Units: table 16 of the specification.
    private static readonly (string Name, string Units)[] Quantities = [("RATE", "mm/h"), ("ACRR", "mm"), ("DBZH", "dBZ"), ("TH", "dBZ")];

    public string Name => "ODIM_H5";

    public bool Recognises(NetCdfFile file) => IsOdim(file);

    internal static bool IsOdim(NetCdfFile file) =>
        file.Root.Attributes.Text("Conventions")?.StartsWith("ODIM_H5", StringComparison.Ordinal) == true
        || file.Root.FindGroup("what")?.Attributes.Text("version")?.StartsWith("H5rad", StringComparison.Ordinal) == true;

    public RadarContents Describe(NetCdfFile file, RadarReadOptions options)
    {
        var product = file.Root.FindGroup("what")?.Attributes.Text("object");
        if (product is not ("COMP" or "IMAGE" or "CVOL"))
            throw new FormatException($"it is an ODIM object of type {product ?? "unknown"}, not a composite (COMP)");
        var (chain, quantity, unitText) = FindData(file.Root, options);
        var units = RainUnits.Find(unitText)!;
        var variable = chain[^1].FindVariable("data") ?? throw new FormatException($"{chain[^1].Path} has no data");
        var (grid, gridFrom) = OdimGrid.Read(chain, options);
        if (variable.Dimensions is not [var rows, var columns] || rows.Length != grid.Height || columns.Length != grid.Width)
            throw new FormatException($"{chain[^1].Path}/data is not the {grid.Height}×{grid.Width} that its where group says");
        var (time, period) = ReadTime(chain, quantity, options);
        var decoder = Decoder(chain, variable, units, period, options);
        var scan = new ScanSlab(time, variable, [0, 0], [grid.Height, grid.Width], decoder, default);
        return new RadarContents(units.Quantity, unitText, grid, [scan], new(
            gridFrom, quantity == "ACRR" ? "enddate and endtime" : "the nominal date and time", $"quantity {quantity} of {chain[^1].Path}",
            quantity == "ACRR" ? options.AccumulationPeriod is null ? "startdate and starttime" : "the source's setting" : null));
    }

    internal static PixelDecoder Decoder(IReadOnlyList<NetCdfGroup> chain, NetCdfVariable variable, RainUnits units, TimeSpan period,
        RadarReadOptions options) => new()
        {
            Units = units,
            Scale = Number(chain, "what", "gain") ?? 1,
            Offset = Number(chain, "what", "offset") ?? 0,
            Missing = Codes(Number(chain, "what", "nodata"), variable.Type),
            Undetected = Codes(Number(chain, "what", "undetect"), variable.Type),
            IsFloating = !variable.Type.IsInteger(),
            PeriodHours = period.TotalHours,
            ZRelation = options.ZRelation ?? ReadZRelation(chain),
        };

    /// <summary>An attribute of the nearest level that has it: data, dataset, root.</summary>
    internal static double? Number(IReadOnlyList<NetCdfGroup> chain, string group, string name) =>
        Nearest(chain, group, a => a.Number(name) is { } value ? (double?)value : Parse(a.Text(name)));

    internal static string? Text(IReadOnlyList<NetCdfGroup> chain, string group, string name) => Nearest(chain, group, a => a.Text(name));

    internal static double[]? Numbers(IReadOnlyList<NetCdfGroup> chain, string group, string name) =>
        Nearest(chain, group, a => a.Numbers(name));

    private static T? Nearest<T>(IReadOnlyList<NetCdfGroup> chain, string group, Func<NetCdfAttributes, T?> read)
    {
        for (var i = chain.Count - 1; i >= 0; i--)
        {
            if (chain[i].FindGroup(group) is { } found && read(found.Attributes) is { } value)
                return value;
        }
        return default;
    }

    private static (NetCdfGroup[] Chain, string Quantity, string Units) FindData(NetCdfGroup root, RadarReadOptions options)
    {
        var found = new Dictionary<string, NetCdfGroup[]>();
        foreach (var chain in Data(root))
        {
            if (Text(chain, "what", "quantity") is { } quantity)
                found.TryAdd(quantity, chain);
        }
        foreach (var (name, units) in Quantities)
        {
            if ((options.Variable is null || options.Variable == name) && found.TryGetValue(name, out var chain))
                return (chain, name, units);
        }
        throw new FormatException(found.Count == 0
            ? "no dataset says which quantity it holds"
            : $"it holds {string.Join(", ", found.Keys)} and none of RATE, ACRR, DBZH, "
                + $"TH{(options.Variable is null ? "" : $" that is {options.Variable}")}");
    }

    /// <summary>Each array of pixels or gates with the levels above it, whose groups hold what it does not say itself.</summary>
    internal static IEnumerable<NetCdfGroup[]> Data(NetCdfGroup root) =>
        Numbered(root, "dataset").SelectMany(dataset => Numbered(dataset, "data").Select(data => (NetCdfGroup[])[root, dataset, data]));

    private static IEnumerable<NetCdfGroup> Numbered(NetCdfGroup parent, string name) => parent.Groups
        .Where(g => g.Name.StartsWith(name, StringComparison.Ordinal) && g.Name.Length > name.Length
            && g.Name.AsSpan(name.Length).IndexOfAnyExceptInRange('0', '9') < 0)
        .OrderBy(g => g.Name.Length).ThenBy(g => g.Name, StringComparer.Ordinal);

    // The nominal time of the composite stands at the root; an accumulation holds at the end of its own period.
    internal static (DateTimeOffset Time, TimeSpan Period) ReadTime(NetCdfGroup[] chain, string quantity, RadarReadOptions options)
    {
        var nominal = Time(chain, "date", "time");
        if (quantity != "ACRR")
            return (nominal ?? Time(chain, "enddate", "endtime") ?? throw new FormatException("what has no date and time"),
                TimeSpan.FromHours(1));
        var end = Time(chain, "enddate", "endtime") ?? nominal ?? throw new FormatException("what has no enddate and endtime");
        var period = options.AccumulationPeriod ?? end - Time(chain, "startdate", "starttime");
        return period > TimeSpan.Zero
            ? (end, period.Value)
            : throw new FormatException("the accumulation does not say when it started");
    }

    private static DateTimeOffset? Time(NetCdfGroup[] chain, string dateName, string timeName)
    {
        if (Text(chain, "what", dateName) is not { } date || Text(chain, "what", timeName) is not { } time)
            return null;
        return CivilTime.ReadDate(date) is { } day && CivilTime.Combine(day, time) is { } parsed
            ? parsed
            : throw new FormatException($"{dateName} {date} and {timeName} {time} are no time");
    }

    private static ZRelation ReadZRelation(IReadOnlyList<NetCdfGroup> chain) =>
        Number(chain, "how", "zr_a") is { } a && a > 0 && Number(chain, "how", "zr_b") is { } b && b > 0 ? new ZRelation(a, b)
            : ZRelation.MarshallPalmer;

    // A code is written in double precision but compared with what the data type could hold of it.
    private static double[] Codes(double? code, NetCdfType type) =>
        code is not { } value ? [] : type == NetCdfType.Float32 ? [(float)value] : [value];

    private static double? Parse(string? text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : null;
}
