using ConvLstm.Nowcast.Ingest.NetCdf;

namespace ConvLstm.Nowcast.Ingest.Formats.Cf;

/// <summary>The numbers of a time variable as instants; packed ones unpacked, missing ones null (CF sections 2.5.1, 4.4 and 8.1).</summary>
internal static class CfTimeValues
{
    internal static bool IsTime(NetCdfVariable variable) =>
        variable.Attributes.Text("units") is { } units && units.Contains(" since ", StringComparison.OrdinalIgnoreCase);

    /// <param name="values">The numbers.</param>
    /// <param name="described">The variable whose unit and calendar hold: bounds leave that to their coordinate.</param>
    /// <exception cref="FormatException">The unit or the calendar is none of civil time.</exception>
    internal static DateTimeOffset?[] Read(NetCdfVariable values, NetCdfVariable described)
    {
        if (values.Length > 2_000_000)
            throw new FormatException($"{values.Name} holds {values.Length} times");
        var unit = UdUnitsTime.Parse(described.Attributes.Text("units") ?? "", described.Attributes.Text("calendar"));
        var packing = values.Attributes.TypeOf("scale_factor") is null && values.Attributes.TypeOf("add_offset") is null
            ? described.Attributes : values.Attributes;
        var (scale, offset) = (packing.Number("scale_factor") ?? 1, packing.Number("add_offset") ?? 0);
        var missing = (values.Attributes.Numbers("_FillValue") ?? []).Concat(values.Attributes.Numbers("missing_value") ?? []).ToHashSet();
        return [.. values.Read<double>().Select(v => missing.Contains(v) ? null : unit.TryTime((v * scale) + offset))];
    }
}
