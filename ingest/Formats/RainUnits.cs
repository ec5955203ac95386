namespace ConvLstm.Nowcast.Ingest.Formats;

/// <summary>The units in which services publish rain, as one table.</summary>
/// <param name="Quantity">What a value in the unit is.</param>
/// <param name="Factor">Times this: mm/h for a rate, mm for an accumulation, 1 for dBZ. 1 mm of water is 1 kg m⁻².</param>
/// <param name="IsLinearZ">True for a reflectivity factor in mm⁶ m⁻³ instead of dBZ.</param>
internal sealed record RainUnits(RainQuantity Quantity, double Factor, bool IsLinearZ = false)
{
    private const double SecondsAnHour = 3600;

    private static readonly Dictionary<string, RainUnits> Table = Build();

    /// <summary>Null where the unit is none of rain.</summary>
    internal static RainUnits? Find(string? units) => units is null ? null : Table.GetValueOrDefault(Spell(units));

    // 'kg m^-2', 'kg m**-2', 'kg/m2' and 'kg.m-2' are the same unit; so are 'mm/hr', 'mm hr-1' and 'mm h^-1'.
    private static string Spell(string units)
    {
        var text = units.Trim().Trim('[', ']').ToLowerInvariant();
        foreach (var (from, to) in ((string, string)[])[("**", ""), ("^", ""), ("·", " "), ("*", " "), (".", " "), ("hours", "h"), ("hour", "h"), ("hr", "h"),
            ("seconds", "s"), ("second", "s"), ("sec", "s"), ("days", "d"), ("day", "d"), ("millimeters", "mm"), ("millimetres", "mm"),
            ("millimeter", "mm"), ("millimetre", "mm"), ("metres", "m"), ("meters", "m"), ("metre", "m"), ("meter", "m"), ("inches", "in"), ("inch", "in")])
            text = text.Replace(from, to, StringComparison.Ordinal);
        var parts = text.Split('/', 2);
        if (parts.Length == 2)
            text = parts[0] + " " + string.Join(' ', parts[1].Split((char[])['/', ' '], StringSplitOptions.RemoveEmptyEntries).Select(Inverse));
        return string.Join(' ', text.Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    private static string Inverse(string unit) => unit.EndsWith("-1", StringComparison.Ordinal) ? unit : char.IsDigit(unit[^1]) ? unit[..^1] + "-" + unit[^1] : unit + "-1";

    private static Dictionary<string, RainUnits> Build()
    {
        var table = new Dictionary<string, RainUnits>
        {
            ["dbz"] = new(RainQuantity.Reflectivity, 1),
            ["mm6 m-3"] = new(RainQuantity.Reflectivity, 1, IsLinearZ: true),
        };
        foreach (var (depth, millimetres) in ((string, double)[])[("mm", 1), ("kg m-2", 1), ("cm", 10), ("m", 1000), ("in", 25.4)])
        {
            table[depth] = new(RainQuantity.Accumulation, millimetres);
            table[depth + " h-1"] = new(RainQuantity.Rate, millimetres);
            table[depth + " s-1"] = new(RainQuantity.Rate, millimetres * SecondsAnHour);
            table[depth + " d-1"] = new(RainQuantity.Rate, millimetres / 24);
        }
        return table;
    }
}
