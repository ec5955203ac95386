using System.Globalization;
using System.Text.RegularExpressions;

namespace ConvLstm.Nowcast.Ingest.Projection;

/// <summary>
/// A PROJ string in one spelling, so that equal projections compare equal: metres, known ellipsoids by name, parameters in a
/// fixed order. Parameters: <see href="https://proj.org/en/stable/operations/projections/index.html"/>.
/// </summary>
public sealed partial class ProjString
{
    private static readonly string[] Order =
        ["proj", "lat_0", "lon_0", "lat_1", "lat_2", "lat_ts", "k_0", "x_0", "y_0", "ellps", "R", "a", "b", "towgs84", "pm"];

    // Defaults and notes that do not move a pixel.
    private static readonly HashSet<string> Dropped =
        ["units", "to_meter", "vunits", "no_defs", "type", "wktext", "over", "nadgrids", "datum", "rf", "f", "k"];

    // https://proj.org/en/stable/operations/conversions/unitconvert.html
    private static readonly Dictionary<string, double> Units = new()
    {
        ["m"] = 1, ["km"] = 1000, ["dm"] = 0.1, ["cm"] = 0.01, ["mm"] = 0.001, ["ft"] = 0.3048, ["us-ft"] = 1200.0 / 3937,
        ["mi"] = 1609.344, ["kmi"] = 1852,
    };

    private readonly SortedDictionary<string, string> _parameters;

    private ProjString(Dictionary<string, string> parameters, double axisMetres = 1)
    {
        AxisMetres = axisMetres;
        _parameters = new SortedDictionary<string, string>(parameters, Comparer<string>.Create(InOrder));
    }

    /// <summary>
    /// Metres in the unit in which the text that was read gives coordinates (1000 for <c>+units=km</c>); this string itself is in metres.
    /// For axes that say no unit of their own.
    /// </summary>
    public double AxisMetres { get; }

    /// <summary>The kind of projection: stere, aea, laea, lcc, merc, tmerc, longlat …</summary>
    public string Kind => _parameters["proj"];

    /// <summary>True where x and y are longitude and latitude.</summary>
    public bool IsGeographic => Kind == "longlat";

    /// <summary>The ellipsoid, in metres.</summary>
    public Ellipsoid Ellipsoid => Ellipsoid.From(_parameters.GetValueOrDefault);

    /// <summary>A parameter as a number; 0 where it is not given, as PROJ has it.</summary>
    public double Number(string name) => Has(name) ? Parse(name, _parameters[name]) : 0;

    public bool Has(string name) => _parameters.ContainsKey(name);

    /// <summary>The same projection for longitudes and latitudes on its own datum.</summary>
    internal ProjString WithoutDatumShift() => new(_parameters.Where(p => p.Key != "towgs84").ToDictionary(), AxisMetres);

    public override string ToString() =>
        string.Join(' ', _parameters.Select(p => p.Value.Length == 0 ? $"+{p.Key}" : $"+{p.Key}={p.Value}"))
        + (IsGeographic ? " +no_defs" : " +units=m +no_defs");

    /// <exception cref="FormatException">There is no +proj, or a parameter that must be a number is none.</exception>
    public static ProjString Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        // No database takes the name of a grid with a zero in it, and no projection has one.
        if (text.Any(c => char.IsControl(c) && !char.IsWhiteSpace(c)))
            throw new FormatException("the text of its projection is damaged");
        if (!text.Contains("proj=", StringComparison.Ordinal))
        {
            using var system = new ReferenceSystem(text);
            return Parse(system.Proj());
        }
        var given = new Dictionary<string, string>();
        // A shift to WGS 84 is a list of its own; one of zeros moves nothing.
        var shift = Shift().Match(text);
        foreach (var part in Shift().Replace(text, " ")
            .Split((char[])[' ', '\t', '\n', '\r', '+', ','], StringSplitOptions.RemoveEmptyEntries))
            Add(given, part);
        if (!given.TryGetValue("proj", out var kind))
            throw new FormatException($"'{text}' has no +proj.");
        given["proj"] = kind is "latlong" or "latlon" or "lonlat" ? "longlat" : kind;
        if (kind == "ob_tran")
            throw new FormatException("it lies on a rotated pole (+proj=ob_tran), which is not read; regrid it to another projection");
        if (shift.Success && shift.Groups[1].Value.Any(c => c is >= '1' and <= '9'))
            given["towgs84"] = shift.Groups[1].Value.TrimEnd(',');
        var metres = Respell(given);
        Complete(given);
        return new ProjString(given, metres);
    }

    internal static ProjString Of(string kind, Ellipsoid ellipsoid, params ReadOnlySpan<(string Name, double? Value)> parameters)
    {
        var given = new Dictionary<string, string> { ["proj"] = kind };
        foreach (var (name, value) in parameters)
        {
            if (value is { } number)
                given[name] = Text(number);
        }
        ellipsoid.Put(given);
        Complete(given);
        return new ProjString(given);
    }

    internal static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static void Add(Dictionary<string, string> given, string part)
    {
        // A '+' also stands inside numbers such as 1e+06, so a piece without a letter belongs to the one before.
        var equals = part.IndexOf('=', StringComparison.Ordinal);
        if (equals < 0 && !char.IsLetter(part[0]) && given.Count > 0)
        {
            var last = given.Keys.Last();
            given[last] += "+" + part;
            return;
        }
        given[equals < 0 ? part : part[..equals]] = equals < 0 ? "" : part[(equals + 1)..];
    }

    /// <summary>Returns the metres in a unit of the axes.</summary>
    private static double Respell(Dictionary<string, string> given)
    {
        var unit = given.GetValueOrDefault("units", "m");
        var metres = given.TryGetValue("to_meter", out var factor) ? Parse("to_meter", factor)
            : Units.TryGetValue(unit, out var known) ? known : throw new FormatException($"+units={unit} is not a known unit of length");
        // Some services give the ellipsoid in kilometres, which makes the whole projection one in kilometres (KNMI).
        var scale = given.TryGetValue("a", out var a) && Parse("a", a) < 100_000 || given.TryGetValue("R", out var r)
            && Parse("R", r) < 100_000 ? 1000 : 1;
        if (given.Remove("k", out var k))
            given.TryAdd("k_0", k);
        var ellipsoid = Ellipsoid.From(given.GetValueOrDefault);
        foreach (var name in (string[])["ellps", "R", "a", "b"])
            given.Remove(name);
        foreach (var name in given.Keys.Where(n => Dropped.Contains(n)).ToArray())
            given.Remove(name);
        foreach (var (name, value) in given.ToArray())
        {
            if (name is "x_0" or "y_0")
                given[name] = Text(Parse(name, value) * scale);
            else if (double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
                given[name] = Text(number);
            else if (name.StartsWith("lat_", StringComparison.Ordinal) || name.StartsWith("lon_", StringComparison.Ordinal)
                || name is "alpha" or "gamma" or "lonc")
                given[name] = Text(Angle(name, value));
        }
        ellipsoid.Scale(scale).Put(given);
        return metres * scale;
    }

    // Degrees as PROJ reads them: 90N, 7d26'22.5E, 4.5w.
    private static double Angle(string name, string value)
    {
        var match = DegreesMinutesSeconds().Match(value);
        if (!match.Success)
            throw new FormatException($"+{name}={value} is not an angle in degrees.");
        double Part(string group) => match.Groups[group].Success ? Parse(name, match.Groups[group].Value) : 0;
        var degrees = Part("d") + (Part("m") / 60) + (Part("s") / 3600);
        return match.Groups["minus"].Success != (match.Groups["side"].Value.ToUpperInvariant() is "S" or "W") ? -degrees : degrees;
    }

    [GeneratedRegex(@"^(?<minus>-)?(?<d>[\d.]+)(?:[dD](?:(?<m>[\d.]+)')?(?:(?<s>[\d.]+)\x22?)?)?(?<side>[NSEWnsew])?$")]
    private static partial Regex DegreesMinutesSeconds();

    [GeneratedRegex(@"\+?\btowgs84=([-\d.,eE]+)")]
    private static partial Regex Shift();

    // What PROJ takes where nothing is given is spelled out, and what changes nothing goes.
    private static void Complete(Dictionary<string, string> given)
    {
        var kind = given["proj"];
        if (kind == "longlat")
            return;
        if (kind == "utm")
            Utm.Expand(given);
        if (kind == "merc")
            given.Remove("lat_0");
        else if (kind == "lcc")
            given.TryAdd("lat_0", given.ContainsKey("lat_2") ? "0" : given.GetValueOrDefault("lat_1", "0"));
        else
            given.TryAdd("lat_0", "0");
        if (kind == "lcc" && given.TryGetValue("lat_1", out var parallel))
            given.TryAdd("lat_2", parallel);
        if (kind == "merc" && !given.ContainsKey("k_0"))
            given.TryAdd("lat_ts", "0");
        foreach (var name in (string[])["lon_0", "x_0", "y_0"])
            given.TryAdd(name, "0");
        if (given.GetValueOrDefault("k_0") == "1" && !(kind == "merc" || (kind == "stere" && !given.ContainsKey("lat_ts"))))
            given.Remove("k_0");
    }

    private static double Parse(string name, string value) =>
        double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new FormatException($"+{name}={value} is not a number.");

    private static int InOrder(string x, string y)
    {
        var (i, j) = (Array.IndexOf(Order, x), Array.IndexOf(Order, y));
        return i >= 0 && j >= 0 ? i.CompareTo(j) : i >= 0 ? -1 : j >= 0 ? 1 : string.CompareOrdinal(x, y);
    }
}
