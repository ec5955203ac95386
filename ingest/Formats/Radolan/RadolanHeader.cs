using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace ConvLstm.Nowcast.Ingest.Formats.Radolan;

/// <summary>
/// The text before the pixels of a RADOLAN or RADVOR composite: "RADOLAN/RADVOR Beschreibung des Kompositformats", version 2.5 (Deutscher
/// Wetterdienst, 2022),
/// <see href="https://www.dwd.de/DE/leistungen/radolan/radolan_info/radolan_radvor_op_komposit_format_pdf.pdf"/>, section 3.
/// </summary>
/// <param name="Product">Two letters, such as RW.</param>
/// <param name="Time">To which the composite belongs, UTC.</param>
/// <param name="Length">Bytes of the header with the end-of-text that closes it.</param>
/// <param name="FileLength">Bytes of header and pixels (BY); null where it does not say.</param>
/// <param name="FormatVersion">VS: 5 and above lie on WGS 84, others on a sphere.</param>
/// <param name="Precision">PR: times the stored number is the value.</param>
/// <param name="Interval">INT: of the sum.</param>
/// <param name="Rows">GP, the first.</param>
/// <param name="Columns">GP, the second.</param>
/// <param name="Lead">VV: minutes ahead of <paramref name="Time"/>.</param>
internal sealed partial record RadolanHeader(
    string Product, DateTimeOffset Time, int Length, long? FileLength, int FormatVersion, double Precision, TimeSpan? Interval, int Rows,
        int Columns, TimeSpan Lead)
{
    private const byte EndOfText = 3;

    // The lists of stations make headers of some hundred bytes.
    private const int Longest = 8192;

    /// <summary>True where a file begins like a composite: product, day, hour, minute, place, month, year, length.</summary>
    internal static bool Begins(ReadOnlySpan<byte> head) => head.Length > 30 && Start().IsMatch(Encoding.Latin1.GetString(head[..30]));

    /// <exception cref="FormatException">It is not such a header, or has no grid.</exception>
    /// <exception cref="EndOfStreamException">The file ends in it.</exception>
    internal static RadolanHeader Read(Stream stream)
    {
        var bytes = new byte[Longest];
        var length = bytes.AsSpan(0, stream.ReadAtLeast(bytes, Longest, throwOnEndOfStream: false)).IndexOf(EndOfText);
        if (length < 0)
            throw stream.Position < Longest ? new EndOfStreamException("it ends in its header")
                : new FormatException("its header has no end");
        // The list of stations is free text in which letters of a key may stand.
        var text = Stations().Replace(Encoding.Latin1.GetString(bytes, 0, length), "");
        var start = Start().Match(text);
        if (!start.Success)
            throw new FormatException("it has no header of a RADOLAN composite");
        string? Token(string key) =>
            Regex.Match(text[17..], $@"{key}\s*([-+.\dE]+(?:\s*x\s*\d+)?)", RegexOptions.CultureInvariant) is { Success: true } match
            ? match.Groups[1].Value : null;
        int? Number(string key) => int.TryParse(Token(key), NumberStyles.Integer, CultureInfo.InvariantCulture, out var value) ? value
            : null;
        if (Token("GP")?.Split('x') is not [var rows, var columns])
            throw new FormatException("its header has no grid (GP): it is no composite, or a coded picture of one");
        // U1 counts the interval in days instead of minutes.
        var minutes = Number("INT") * (Number("U") == 1 ? 24 * 60 : 1);
        return new RadolanHeader(
            start.Groups["product"].Value, ReadTime(start), length + 1, Number("BY"), Number("VS") ?? 0,
            Token("PR") is { } precision ? Power(precision) : 1, minutes is > 0 ? TimeSpan.FromMinutes(minutes.Value) : null,
            Grids.Length(Value(rows)), Grids.Length(Value(columns)), TimeSpan.FromMinutes(Number("VV") ?? 0));
    }

    private static DateTimeOffset ReadTime(Match start)
    {
        int Part(string group) => int.Parse(start.Groups[group].Value, CultureInfo.InvariantCulture);
        var (year, month, day) = (2000 + Part("year"), Part("month"), Part("day"));
        if (month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month) || Part("hour") > 23 || Part("minute") > 59)
            throw new FormatException("its header has no time");
        return new DateTimeOffset(year, month, day, Part("hour"), Part("minute"), 0, TimeSpan.Zero);
    }

    // "E-01" stands for 0.1.
    private static double Power(string text) => Value(text.StartsWith('E') ? "1" + text : text);

    private static double Value(string text) =>
        double.TryParse(text.Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
        ? value
        : throw new FormatException($"'{text.Trim()}' of its header is not a number");

    [GeneratedRegex(@"^(?<product>[A-Z][A-Z0-9])(?<day>\d\d)(?<hour>\d\d)(?<minute>\d\d)\d{5}(?<month>\d\d)(?<year>\d\d)(?=BY)")]
    private static partial Regex Start();

    [GeneratedRegex(@"(?:MS|ST)\s*\d*\s*<[^>]*>")]
    private static partial Regex Stations();
}
