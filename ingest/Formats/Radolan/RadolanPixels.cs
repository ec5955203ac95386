using System.Buffers.Binary;

namespace ConvLstm.Nowcast.Ingest.Formats.Radolan;

/// <summary>
/// The pixels of a composite, from the south-west, in bytes or in two of them (little-endian): 12 bits of a number, and flags for what
/// was interpolated,
/// not observed, negative, or clutter (section 4 of the description).
/// </summary>
internal sealed record RadolanPixels(string Location, RadolanHeader Header, float[] Table, bool IsByte) : IStoredScan
{
    private const int ValueBits = 0x0FFF, NotObserved = 0x2000, Negative = 0x4000, Clutter = 0x8000;
    private const int NoDataByte = 250, ClutterByte = 249, NoDataValue = 2500, ClutterValue = 2490;

    public DateTimeOffset ValidTime => Header.Time + Header.Lead;

    public TimeSpan Lead => Header.Lead;

    public void Read(RadarGrid grid, Span<float> rainRate)
    {
        using var stream = UnlockedFile.Open(Location);
        stream.Position = Header.Length;
        var row = new byte[grid.Width * (IsByte ? 1 : 2)];
        for (var y = grid.Height - 1; y >= 0; y--)
        {
            stream.ReadExactly(row);
            var target = rainRate.Slice(y * grid.Width, grid.Width);
            for (var x = 0; x < target.Length; x++)
                target[x] = Table[IsByte ? row[x] : BinaryPrimitives.ReadUInt16LittleEndian(row.AsSpan(2 * x))];
        }
    }

    /// <summary>mm/h of each pattern of a sum.</summary>
    internal static float[] Rates(double perHour) => Build(1 << 16, code =>
        IsMissing(code) ? float.NaN : (code & Negative) != 0 ? (code & ValueBits) == 0 ? 0 : float.NaN
            : (float)((code & ValueBits) * perHour));

    /// <summary>
    /// mm/h of each pattern of a reflectivity in two bytes, of RVP units times the precision: half of them less 32.5 are dBZ.
    /// </summary>
    internal static float[] Reflectivity(double precision, ZRelation relation) => Build(1 << 16, code =>
        IsMissing(code) || (code & ValueBits) is NoDataValue or ClutterValue ? float.NaN
            : (float)relation.RainRate(((code & ValueBits) * precision / 2) - 32.5));

    internal static float[] Bytes(ZRelation relation) => Build(1 << 8, code =>
        code is NoDataByte or ClutterByte or byte.MaxValue ? float.NaN : (float)relation.RainRate((code / 2.0) - 32.5));

    private static bool IsMissing(int code) => (code & (NotObserved | Clutter)) != 0;

    private static float[] Build(int size, Func<int, float> rate) => [.. Enumerable.Range(0, size).Select(rate)];
}
