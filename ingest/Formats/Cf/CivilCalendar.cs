namespace ConvLstm.Nowcast.Ingest.Formats.Cf;

/// <summary>
/// The calendars of CF section 4.4.1 that name days of civil life. Days are counted by the rules of the file's own calendar, from its
/// reference date to a date, whose name is then the date: this is how those who write the files count.
/// </summary>
internal enum CivilCalendar
{
    /// <summary>Julian to 4 October 1582, Gregorian from 15 October on.</summary>
    Standard,

    ProlepticGregorian,

    Julian,
}

/// <summary>
/// Julian day numbers, after E. G. Richards in the Explanatory Supplement to the Astronomical Almanac (2013), section 15.11.3.
/// </summary>
internal static class CivilCalendars
{
    // 15 October 1582, the first day of the Gregorian calendar.
    private const long Reform = 2299161;

    /// <exception cref="FormatException">The calendar has other days than civil life.</exception>
    internal static CivilCalendar Parse(string? name) => name?.Trim().ToLowerInvariant() switch
    {
        null or "" or "standard" or "gregorian" or "none" => CivilCalendar.Standard,
        "proleptic_gregorian" => CivilCalendar.ProlepticGregorian,
        "julian" => CivilCalendar.Julian,
        _ => throw new FormatException($"times of calendar '{name}' are no civil times"),
    };

    /// <summary>The number of a day.</summary>
    internal static long DayNumber(this CivilCalendar calendar, int year, int month, int day)
    {
        var isGregorian = calendar == CivilCalendar.ProlepticGregorian
            || (calendar == CivilCalendar.Standard && (year, month, day).CompareTo((1582, 10, 15)) >= 0);
        var a = (14 - month) / 12;
        long y = year + 4800 - a;
        var m = month + (12 * a) - 3;
        var days = day + (((153 * m) + 2) / 5) + (365 * y) + (y / 4);
        return isGregorian ? days - (y / 100) + (y / 400) - 32045 : days - 32083;
    }

    /// <summary>The date of a number; null where .NET has no such year.</summary>
    internal static DateOnly? Date(this CivilCalendar calendar, long number)
    {
        var isGregorian = calendar == CivilCalendar.ProlepticGregorian || (calendar == CivilCalendar.Standard && number >= Reform);
        var f = number + 1401 + (isGregorian ? ((((4 * number) + 274277) / 146097 * 3) / 4) - 38 : 0);
        var e = (4 * f) + 3;
        var h = (5 * (e % 1461 / 4)) + 2;
        var day = (int)(h % 153 / 5) + 1;
        var month = (int)(((h / 153) + 2) % 12) + 1;
        var year = (e / 1461) - 4716 + ((14 - month) / 12);
        // 29 February of a Julian century is no day of ours.
        return number > 0 && year is >= 1 and <= 9999 && day <= DateTime.DaysInMonth((int)year, month) ? new DateOnly((int)year, month, day)
            : null;
    }
}
