using System.Globalization;
using System.Text.RegularExpressions;

namespace ConvLstm.Nowcast.Ingest.Formats;

/// <summary>The units in which services publish rain, as one table.</summary>
/// <param name="Quantity">What a value in the unit is.</param>
/// <param name="Factor">Times this: mm/h for a rate, mm for an accumulation, 1 for dBZ. 1 mm of water is 1 kg m⁻².</param>
/// <param name="IsLinearZ">True for a reflectivity factor in mm⁶ m⁻³ instead of dBZ.</param>
internal sealed partial record RainUnits(RainQuantity Quantity, double Factor, bool IsLinearZ = false)
{
    private const double SecondsAnHour = 3600;

    private static readonly Dictionary<string, RainUnits> Table = Build();

    /// <summary>Null where the unit is none of rain.</summary>
    internal static RainUnits? Find(string? units)
    {
        if (units is null)
            return null;
        var spelled = Spell(units);
        if (Table.TryGetValue(spelled, out var known))
            return known;
        // A number before the unit counts it: 0.1 mm, 1/100 mm, 1e-3 mm.
        var match = Counted().Match(spelled);
        return match.Success && Table.TryGetValue(match.Groups["unit"].Value, out known) && known.Quantity != RainQuantity.Reflectivity
            ? known with
            {
                Factor = known.Factor * Value(match.Groups["n"].Value) / (match.Groups["d"].Success ? Value(match.Groups["d"].Value) : 1),
            }
            : null;
    }

    private static double Value(string text) => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^(?<n>\d+(?:\.\d+)?(?:e[-+]?\d+)?)(?:/(?<d>\d+))? ?(?<unit>[a-z].*)$")]
    private static partial Regex Counted();

    // 'kg m^-2', 'kg m**-2', 'kg/m2' and 'kg.m-2' are the same unit; so are 'mm/hr', 'mm hr-1' and 'mm h^-1'.
    private static string Spell(string units)
    {
        var text = Fraction().Replace(units.Trim().Trim('[', ']', '(', ')').ToLowerInvariant(), "$1÷$2");
        foreach (var (from, to) in ((string, string)[])[("**", ""), ("^", ""), ("·", " "), ("⁻¹", "-1"), ("⁻²", "-2"), ("²", "2"),
            ("*", " "), (" per ", "/"), ("hours", "h"), ("hour", "h"), ("hr", "h"),
            ("seconds", "s"), ("second", "s"), ("sec", "s"), ("days", "d"), ("day", "d"), ("millimeters", "mm"), ("millimetres", "mm"),
            ("millimeter", "mm"), ("millimetre", "mm"), ("metres", "m"), ("meters", "m"), ("metre", "m"), ("meter", "m"), ("inches", "in"),
                ("inch", "in")])
            text = text.Replace(from, to, StringComparison.Ordinal);
        // A point multiplies (kg.m-2), but not inside a number.
        text = Point().Replace(text, " ");
        text = Minutes().Replace(text.Replace("minutes", "min", StringComparison.Ordinal)
            .Replace("minute", "min", StringComparison.Ordinal), "$1/$2min");
        text = CountedMinutes().Replace(text, "$1min");
        var parts = text.Split('/', 2);
        if (parts.Length == 2)
            text = parts[0] + " " + string.Join(' ',
                parts[1].Split((char[])['/', ' '], StringSplitOptions.RemoveEmptyEntries).Select(Inverse));
        return string.Join(' ', text.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Replace('÷', '/');
    }

    [GeneratedRegex(@"^(\d+)/(\d+)(?= ?[a-z])")]
    private static partial Regex Fraction();

    [GeneratedRegex(@"(?<!\d)\.|\.(?!\d)")]
    private static partial Regex Point();

    [GeneratedRegex(@"(\d+) +min")]
    private static partial Regex CountedMinutes();

    // "mm (5 min)-1"
    [GeneratedRegex(@"^([a-z]+) ?\((\d+) ?min\)-1$")]
    private static partial Regex Minutes();

    private static string Inverse(string unit) =>
        unit.EndsWith("-1", StringComparison.Ordinal) ? unit : char.IsDigit(unit[^1]) ? unit[..^1] + "-" + unit[^1] : unit + "-1";

    private static Dictionary<string, RainUnits> Build()
    {
        var table = new Dictionary<string, RainUnits>
        {
            ["dbz"] = new(RainQuantity.Reflectivity, 1),
            ["mm6 m-3"] = new(RainQuantity.Reflectivity, 1, IsLinearZ: true),
        };
        foreach (var (depth, millimetres) in ((string, double)[])[("mm", 1), ("kg m-2", 1), ("l m-2", 1), ("liter m-2", 1),
            ("litre m-2", 1), ("cm", 10), ("m", 1000), ("in", 25.4)])
        {
            table[depth] = new(RainQuantity.Accumulation, millimetres);
            table[depth + " h-1"] = new(RainQuantity.Rate, millimetres);
            table[depth + " s-1"] = new(RainQuantity.Rate, millimetres * SecondsAnHour);
            table[depth + " d-1"] = new(RainQuantity.Rate, millimetres / 24);
            foreach (var minutes in (int[])[1, 2, 3, 5, 6, 10, 15, 20, 30, 60])
                table[$"{depth} {minutes}min-1"] = new(RainQuantity.Rate, millimetres * 60 / minutes);
            table[depth + " min-1"] = new(RainQuantity.Rate, millimetres * 60);
        }
        return table;
    }
}
