namespace ConvLstm.Nowcast.Ingest.Formats.Radolan;

/// <summary>
/// Composites of the Deutscher Wetterdienst in its binary format (<see cref="RadolanHeader"/>): rates, sums, forecasts of sums, and
/// reflectivity.
/// </summary>
internal sealed class RadolanFormat : IRadarFileFormat
{
    private const int SecondsAnHour = 3600;

    // Section 4 of the description: reflectivity in one byte, in two, and what is no rain at all.
    private static readonly string[] ReflectivityInBytes = ["RX", "WX", "EX"];
    private static readonly string[] Reflectivity = ["WN"];
    private static readonly string[] Others = ["PG", "PC", "PZ", "PE", "PF", "PR", "PL", "PA", "RE", "RD", "HG"];

    public string Name => "RADOLAN";

    public bool Recognises(FileKind kind, string location) => kind == FileKind.Radolan;

    public RadarContents Describe(string location, string name, RadarReadOptions options)
    {
        using var stream = UnlockedFile.Open(location);
        var header = RadolanHeader.Read(stream);
        if (Others.Contains(header.Product))
            throw new FormatException($"the RADOLAN product {header.Product} is neither rain nor reflectivity in plain pixels");
        var isByte = ReflectivityInBytes.Contains(header.Product);
        var needed = header.Length + ((long)header.Rows * header.Columns * (isByte ? 1 : 2));
        if (stream.Length < needed)
            throw new EndOfStreamException($"it has {stream.Length} of the {needed} bytes that its header says");
        var isReflectivity = isByte || Reflectivity.Contains(header.Product);
        var period = options.AccumulationPeriod ?? header.Interval;
        if (!isReflectivity && period is null)
            throw new FormatException("its header has no interval (INT)");
        var grid = RadolanGrid.Of(header, options);
        var table = isByte ? RadolanPixels.Bytes(options.ZRelation ?? ZRelation.MarshallPalmer)
            : isReflectivity ? RadolanPixels.Reflectivity(header.Precision, options.ZRelation ?? ZRelation.MarshallPalmer)
            : RadolanPixels.Rates(header.Precision * SecondsAnHour / period!.Value.TotalSeconds);
        var scan = new RadolanPixels(location, header, table, isByte);
        return new RadarContents(
            isReflectivity ? RainQuantity.Reflectivity : RainQuantity.Accumulation, isReflectivity ? "dBZ"
                : FormattableString.Invariant($"{header.Precision:R} mm"), grid, [scan],
            new($"{header.Rows} × {header.Columns} pixels, format version {header.FormatVersion}", header.Lead > TimeSpan.Zero
                ? "header, with the minutes ahead (VV)" : "header",
                $"product {header.Product}", isReflectivity ? null : options.AccumulationPeriod is null ? "interval of the header (INT)"
                    : "the source's setting"));
    }
}
