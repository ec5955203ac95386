using System.Globalization;
using System.Text.RegularExpressions;

namespace ConvLstm.Nowcast.Ingest.Formats.Cf;

/// <summary>Times such as <c>seconds since 1970-01-01 00:00:00 UTC</c> (CF section 4.4, UDUNITS), in the file's calendar.</summary>
internal sealed partial class UdUnitsTime
{
    private const double SecondsADay = 86400;

    private readonly CivilCalendar _calendar;
    private readonly long _epochDay;
    private readonly double _epochSeconds;
    private readonly double _unitSeconds;

    private UdUnitsTime(CivilCalendar calendar, long epochDay, double epochSeconds, double unitSeconds)
    {
        _calendar = calendar;
        _epochDay = epochDay;
        _epochSeconds = epochSeconds;
        _unitSeconds = unitSeconds;
    }

    /// <exception cref="FormatException">The unit or the calendar is not one of civil time.</exception>
    internal static UdUnitsTime Parse(string units, string? calendar)
    {
        var days = CivilCalendars.Parse(calendar);
        var match = Pattern().Match(units.Trim());
        if (!match.Success)
            match = BasicPattern().Match(units.Trim());
        if (!match.Success || Seconds(match.Groups[1].Value) is not { } seconds)
            throw new FormatException($"'{units}' is not a unit of time such as 'seconds since 1970-01-01 00:00:00'");
        int Number(string group, int otherwise) =>
            match.Groups[group].Success ? int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture) : otherwise;
        var (year, month, day) = (Number("y", 1), Number("mo", 1), Number("d", 1));
        var (hour, minute, second) = (Number("h", 0), Number("mi", 0), Number("s", 0));
        if (year < 1 || month is < 1 or > 12 || day < 1 || day > 31
            || days.Date(days.DayNumber(year, month, day)) != AsDate(year, month, day)
            || hour > 24 || minute > 59 || second > 60)
            throw new FormatException($"'{units}' counts from no time of the calendar");
        var ofDay = (hour * 3600.0) + (minute * 60) + second - CivilTime.Zone(match.Groups["zone"].Value).TotalSeconds;
        return new UdUnitsTime(days, days.DayNumber(year, month, day), ofDay, seconds);
    }

    /// <summary>Rounded to the second: no composite is timed finer, and days in double precision are not exact.</summary>
    /// <exception cref="FormatException">The value lies outside the calendar.</exception>
    internal DateTimeOffset Time(double value) => TryTime(value) ?? throw new FormatException($"the time {value} is none");

    /// <summary>Null for a value that names no time, such as NaT.</summary>
    internal DateTimeOffset? TryTime(double value)
    {
        var seconds = Math.Round((value * _unitSeconds) + _epochSeconds);
        // The negation also catches NaN.
        if (!(Math.Abs(seconds) < 4e11))
            return null;
        var days = Math.Floor(seconds / SecondsADay);
        return _calendar.Date(_epochDay + (long)days) is { } date
            ? new DateTimeOffset(date, TimeOnly.MinValue, TimeSpan.Zero).AddSeconds(seconds - (days * SecondsADay))
            : null;
    }

    internal static double? Seconds(string unit) => unit switch
    {
        "us" or "µs" or "μs" => 1e-6,
        _ => unit.ToLowerInvariant() switch
        {
            "ns" or "nsec" or "nanosecond" or "nanoseconds" => 1e-9,
            "usec" or "microsecond" or "microseconds" or "microsec" or "us" => 1e-6,
            "ms" or "msec" or "msecs" or "millisecond" or "milliseconds" or "millisec" => 1e-3,
            "s" or "sec" or "secs" or "second" or "seconds" => 1,
            "min" or "mins" or "minute" or "minutes" => 60,
            "h" or "hr" or "hrs" or "hour" or "hours" => 3600,
            "d" or "day" or "days" => SecondsADay,
            "week" or "weeks" => 7 * SecondsADay,
            _ => null,
        },
    };

    private static DateOnly? AsDate(int year, int month, int day) =>
        year <= 9999 && day <= DateTime.DaysInMonth(year, month) ? new DateOnly(year, month, day) : null;

    private const string UnitSince = @"^([\wµμ]+)\s+(?:since|after|from|ref)\s+";

    private const string Zone = @"\s*(?<zone>Z|UTC|GMT|[+-]\d{1,2}(?::?\d{2})?)?\s*$";

    [GeneratedRegex(
        UnitSince + @"(?<y>\d{1,4})-(?<mo>\d{1,2})-(?<d>\d{1,2})"
        + @"(?:[T\s]+(?<h>\d{1,2})(?::(?<mi>\d{1,2})(?::(?<s>\d{1,2})(?:\.\d*)?)?)?)?" + Zone, RegexOptions.IgnoreCase)]
    private static partial Regex Pattern();

    // ISO 8601 basic, such as 19700101T000000Z; a time has to follow, as 19700101 alone would be a year of udunits.
    [GeneratedRegex(
        UnitSince + @"(?<y>\d{4})(?<mo>\d\d)(?<d>\d\d)(?:[T\s]*(?<h>\d\d)(?<mi>\d\d)(?<s>\d\d)?(?:\.\d*)?)?" + Zone,
        RegexOptions.IgnoreCase)]
    private static partial Regex BasicPattern();
}
