using System.Globalization;
using System.Text.RegularExpressions;

namespace ConvLstm.Nowcast.Ingest.Formats;

/// <summary>
/// Dates and times as texts of files have them: ISO 8601 extended and basic, with letters for the month, or a day and a time in two
/// places. What is absent is never made up, and an order of day and month that cannot be told is none.
/// </summary>
internal static partial class CivilTime
{
    private static readonly string[] Months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

    /// <summary>Date and time together, UTC; null where one of them is absent or the text is something else.</summary>
    internal static DateTimeOffset? Read(string text)
    {
        var (date, rest) = SplitDate(text.Trim());
        return date is { } day && rest.Length > 0 ? Combine(day, rest) : null;
    }

    /// <summary>A day without a time; null for anything else.</summary>
    internal static DateOnly? ReadDate(string text) => SplitDate(text.Trim()) is ({ } day, "") ? day : null;

    /// <summary>
    /// A day and a time of day, such as <c>12:05</c>, <c>1205</c>, <c>235960</c> or <c>24:00</c>, UTC where no zone follows.
    /// </summary>
    internal static DateTimeOffset? Combine(DateOnly day, string timeOfDay)
    {
        var match = TimeOfDay().Match(timeOfDay.Trim());
        if (!match.Success)
            return null;
        var (hour, minute, second) = (Number(match, "h"), Number(match, "mi"), Number(match, "s"));
        // 23:59:60 is a leap second, 24:00 the end of a day: both are the second after.
        if (hour > 24 || minute > 59 || second > 60 || (hour == 24 && (minute > 0 || second > 0)))
            return null;
        var midnight = new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero);
        return midnight.AddHours(hour).AddMinutes(minute).AddSeconds(second) - Zone(match.Groups["zone"].Value);
    }

    /// <summary>Hours and minutes ahead of UTC from <c>Z</c>, <c>UTC</c>, <c>+02</c>, <c>-0330</c> or <c>+10:00</c>.</summary>
    internal static TimeSpan Zone(string text)
    {
        if (text.Length < 2 || text[0] is not ('+' or '-'))
            return TimeSpan.Zero;
        var digits = text[1..].Replace(":", "", StringComparison.Ordinal);
        digits = digits.Length <= 2 ? digits.PadLeft(2, '0') + "00" : digits.PadLeft(4, '0');
        var zone = new TimeSpan(int.Parse(digits[..2], CultureInfo.InvariantCulture), int.Parse(digits[2..4], CultureInfo.InvariantCulture),
            0);
        return text[0] == '-' ? -zone : zone;
    }

    private static (DateOnly? Day, string Remainder) SplitDate(string text)
    {
        foreach (var pattern in (Regex[])[YearFirst(), Basic(), Named(), DayFirst()])
        {
            var match = pattern.Match(text);
            if (!match.Success)
                continue;
            var (year, month, day) = (Number(match, "y"), match.Groups["mon"].Success
                ? Array.IndexOf(Months, match.Groups["mon"].Value.ToLowerInvariant()) + 1 : Number(match, "mo"), Number(match, "d"));
            if (pattern == DayFirst() && !TellApart(ref day, ref month))
                throw new FormatException($"the date '{text}' may be day before month or the other way round");
            if (year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month))
                return (null, text);
            return (new DateOnly(year, month, day), text[match.Length..].TrimStart('T', 't', ' ', ';', '_', ',', 'Z', 'z'));
        }
        return (null, text);
    }

    // Two numbers of which one is no month.
    private static bool TellApart(ref int day, ref int month)
    {
        if (month > 12)
            (day, month) = (month, day);
        else if (day <= 12 && day != month)
            return false;
        return true;
    }

    private static int Number(Match match, string group) =>
        match.Groups[group] is { Success: true } found ? int.Parse(found.Value, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(@"^(?<y>\d{4})[-/.](?<mo>\d{1,2})[-/.](?<d>\d{1,2})(?!\d)")]
    private static partial Regex YearFirst();

    [GeneratedRegex(@"^(?<y>\d{4})(?<mo>\d\d)(?<d>\d\d)(?=\D|\d{4}|\d{6}|$)")]
    private static partial Regex Basic();

    [GeneratedRegex(@"^(?<d>\d{1,2})[- ](?<mon>[A-Za-z]{3})[a-z]*[- ](?<y>\d{4})(?!\d)")]
    private static partial Regex Named();

    [GeneratedRegex(@"^(?<d>\d{1,2})[-/.](?<mo>\d{1,2})[-/.](?<y>\d{4})(?!\d)")]
    private static partial Regex DayFirst();

    private const string ZonePattern = @"\s*(?<zone>Z|UTC|GMT|[+-]\d{1,2}(?::?\d{2})?)?$";

    [GeneratedRegex(
        @"^(?<h>\d{1,2}):(?<mi>\d{1,2})(?::(?<s>\d{1,2})(?:[.,]\d*)?)?" + ZonePattern
        + @"|^(?<h>\d\d)(?<mi>\d\d)(?<s>\d\d)?(?:\.\d*)?" + ZonePattern, RegexOptions.IgnoreCase)]
    private static partial Regex TimeOfDay();
}
