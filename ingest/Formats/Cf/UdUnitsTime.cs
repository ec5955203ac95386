using System.Globalization;
using System.Text.RegularExpressions;

namespace ConvLstm.Nowcast.Ingest.Formats.Cf;

/// <summary>Times such as <c>seconds since 1970-01-01 00:00:00 UTC</c> (CF section 4.4, UDUNITS).</summary>
internal sealed partial class UdUnitsTime
{
    private readonly DateTimeOffset _epoch;
    private readonly double _unitSeconds;

    private UdUnitsTime(DateTimeOffset epoch, double unitSeconds)
    {
        _epoch = epoch;
        _unitSeconds = unitSeconds;
    }

    /// <exception cref="FormatException">The unit or the calendar is not one of civil time.</exception>
    internal static UdUnitsTime Parse(string units, string? calendar)
    {
        if (calendar?.ToLowerInvariant() is not (null or "" or "standard" or "gregorian" or "proleptic_gregorian" or "none"))
            throw new FormatException($"times of calendar '{calendar}' are no civil times");
        var match = Pattern().Match(units.Trim());
        if (!match.Success || Seconds(match.Groups[1].Value) is not { } seconds)
            throw new FormatException($"'{units}' is not a unit of time such as 'seconds since 1970-01-01 00:00:00'");
        var number = (string group, int otherwise) =>
            match.Groups[group].Success ? int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture) : otherwise;
        try
        {
            var epoch = new DateTimeOffset(number("y", 1), number("mo", 1), number("d", 1), number("h", 0), number("mi", 0), number("s", 0), TimeSpan.Zero);
            return new UdUnitsTime(epoch - Zone(match.Groups["zone"].Value), seconds);
        }
        catch (ArgumentOutOfRangeException e)
        {
            throw new FormatException($"'{units}' counts from no time of the calendar", e);
        }
    }

    /// <summary>Rounded to the second: no composite is timed finer, and days in double precision are not exact.</summary>
    /// <exception cref="FormatException">The value lies outside the calendar.</exception>
    internal DateTimeOffset Time(double value)
    {
        var seconds = Math.Round(value * _unitSeconds);
        if (!(Math.Abs(seconds) < 1e11))
            throw new FormatException($"the time {value} is none");
        return _epoch.AddSeconds(seconds);
    }

    internal static double? Seconds(string unit) => unit.ToLowerInvariant() switch
    {
        "ms" or "msec" or "millisecond" or "milliseconds" => 1e-3,
        "s" or "sec" or "secs" or "second" or "seconds" => 1,
        "min" or "mins" or "minute" or "minutes" => 60,
        "h" or "hr" or "hrs" or "hour" or "hours" => 3600,
        "d" or "day" or "days" => 86400,
        _ => null,
    };

    private static TimeSpan Zone(string text)
    {
        if (text is "" or "Z" or "z" || text.StartsWith("UTC", StringComparison.OrdinalIgnoreCase) || text.StartsWith("GMT", StringComparison.OrdinalIgnoreCase))
            return TimeSpan.Zero;
        var digits = text[1..].Replace(":", "", StringComparison.Ordinal).PadRight(4, '0');
        if (text[1..].IndexOf(':', StringComparison.Ordinal) < 0 && text.Length <= 3)
            digits = text[1..].PadLeft(2, '0') + "00";
        var zone = new TimeSpan(int.Parse(digits[..2], CultureInfo.InvariantCulture), int.Parse(digits[2..4], CultureInfo.InvariantCulture), 0);
        return text[0] == '-' ? -zone : zone;
    }

    [GeneratedRegex(@"^(\w+)\s+(?:since|after|from)\s+(?<y>\d{1,4})-(?<mo>\d{1,2})-(?<d>\d{1,2})(?:[T\s]+(?<h>\d{1,2})(?::(?<mi>\d{1,2})(?::(?<s>\d{1,2})(?:\.\d*)?)?)?)?\s*(?<zone>Z|UTC|GMT|[+-]\d{1,2}(?::?\d{2})?)?\s*$", RegexOptions.IgnoreCase)]
    private static partial Regex Pattern();
}
