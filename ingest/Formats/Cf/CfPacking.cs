using ConvLstm.Nowcast.Ingest.NetCdf;

namespace ConvLstm.Nowcast.Ingest.Formats.Cf;

/// <summary>
/// How the numbers of a CF variable are packed and which of them are missing: CF sections 2.5.1 and 8.1, and the attribute conventions of
/// the NetCDF users' guide, <see href="https://docs.unidata.ucar.edu/nug/current/attribute_conventions.html"/> (<c>_Unsigned</c>,
/// <c>valid_range</c>).
/// </summary>
internal static class CfPacking
{
    internal static PixelDecoder Read(CfRainVariable rain, TimeSpan period, RadarReadOptions options)
    {
        var (attributes, type) = (rain.Variable.Attributes, rain.Variable.Type);
        var wrap = Wrap(attributes.Text("_Unsigned"), type);
        double Stored(double code) => type == NetCdfType.Float32 ? (float)code : code < 0 ? code + wrap : code;
        var (scale, offset) = (Needed(attributes, "scale_factor") ?? 1, Needed(attributes, "add_offset") ?? 0);
        var (lowest, highest) = ValidRange(attributes, type, scale, offset, Stored);
        return new PixelDecoder
        {
            Units = rain.Units,
            Scale = scale,
            Offset = offset,
            IsUnsigned = wrap > 0,
            IsFloating = !type.IsInteger(),
            Missing = MissingCodes(attributes, type, Stored).Distinct().ToArray(),
            Lowest = lowest,
            Highest = highest,
            PeriodHours = period.TotalHours,
            ZRelation = options.ZRelation ?? ZRelation.MarshallPalmer,
        };
    }

    // Rain that is unpacked by a text that is no number would be wrong by orders of magnitude.
    private static double? Needed(NetCdfAttributes attributes, string name) => attributes.TypeOf(name) is null ? null
        : attributes.Number(name) ?? throw new FormatException($"{name} '{attributes.Text(name)}' is not a number");

    // NetCDF-3 has no unsigned types, so signed ones hold unsigned numbers and say so.
    private static double Wrap(string? unsigned, NetCdfType type) => string.Equals(unsigned, "true", StringComparison.OrdinalIgnoreCase)
        ? type switch
        {
            NetCdfType.Int8 => 256,
            NetCdfType.Int16 => 65536,
            NetCdfType.Int32 => 4294967296,
            _ => 0,
        }
        : 0;

    private static IEnumerable<double> MissingCodes(NetCdfAttributes attributes, NetCdfType type, Func<double, double> stored)
    {
        var fill = attributes.Numbers("_FillValue") ?? DefaultFill(type);
        return fill.Concat(attributes.Numbers("missing_value") ?? []).Select(stored);
    }

    // Values that were never written, netcdf.h NC_FILL_*; single bytes have none, all their codes may be data.
    private static double[] DefaultFill(NetCdfType type) => type switch
    {
        NetCdfType.Int16 => [-32767],
        NetCdfType.UInt16 => [65535],
        NetCdfType.Int32 => [-2147483647],
        NetCdfType.UInt32 => [4294967295],
        NetCdfType.Float32 or NetCdfType.Float64 => [9.9692099683868690e+36],
        _ => [],
    };

    private static (double Lowest, double Highest) ValidRange(
        NetCdfAttributes attributes, NetCdfType type, double scale, double offset, Func<double, double> stored)
    {
        var (low, high) = attributes.Numbers("valid_range") is [var first, var second]
            ? (first, second)
            : (attributes.Number("valid_min") ?? double.NegativeInfinity, attributes.Number("valid_max") ?? double.PositiveInfinity);
        var limits = attributes.TypeOf("valid_range") ?? attributes.TypeOf("valid_min") ?? attributes.TypeOf("valid_max");
        // Limits in the type of the packed numbers are packed too; floating ones beside integers are in the units of the variable.
        if (limits is NetCdfType.Float32 or NetCdfType.Float64 && type.IsInteger())
        {
            (low, high) = ((low - offset) / scale, (high - offset) / scale);
            // A hair of room: the limits were rounded when they were written.
            var room = 1e-6 * (1 + Math.Abs(double.IsFinite(high) ? high : low));
            return (Math.Min(low, high) - room, Math.Max(low, high) + room);
        }
        return (double.IsFinite(low) ? stored(low) : low, double.IsFinite(high) ? stored(high) : high);
    }
}
