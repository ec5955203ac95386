using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace ConvLstm.Nowcast.Ingest.Formats.Sources;

/// <summary>
/// The time in the name of a file, by the letters of strftime(3): <c>%Y %y %m %d %j %H %M %S</c>, UTC; the rest of the pattern stands as
/// it is.
/// </summary>
internal static class FileNameTime
{
    /// <exception cref="FormatException">The pattern is not one, or the name does not have its form.</exception>
    internal static DateTimeOffset Read(string pattern, string name)
    {
        var file = Path.GetFileName(name);
        var match = Regex.Match(file, Expression(pattern), RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
        if (!match.Success)
            throw new FormatException($"its name does not have the time as '{pattern}' says");
        int? Part(string group) => match.Groups[group] is { Success: true } found ? int.Parse(found.Value, CultureInfo.InvariantCulture)
            : null;
        var year = Part("Y")
            ?? (Part("y") is { } two ? (two < 70 ? 2000 : 1900) + two
            : throw new FormatException($"the time pattern '{pattern}' has no year (%Y or %y)"));
        try
        {
            var day = Part("j") is { } ofYear
                ? new DateTimeOffset(year, 1, 1, 0, 0, 0, TimeSpan.Zero).AddDays(ofYear - 1)
                : new DateTimeOffset(year, Part("m") ?? throw Without("month (%m) or day of the year (%j)"), Part("d")
                    ?? throw Without("day (%d)"), 0, 0, 0, TimeSpan.Zero);
            var hour = Part("H") ?? throw Without("hour (%H)");
            var (minute, second) = (Part("M") ?? 0, Part("S") ?? 0);
            return day.Year == year && hour <= 24 && minute < 60 && second <= 60
                ? day.AddHours(hour).AddMinutes(minute).AddSeconds(second)
                : throw new FormatException($"its name holds no time by '{pattern}'");
        }
        catch (ArgumentOutOfRangeException e)
        {
            throw new FormatException($"its name holds no time by '{pattern}'", e);
        }

        FormatException Without(string what) => new($"the time pattern '{pattern}' has no {what}");
    }

    private static string Expression(string pattern)
    {
        var expression = new StringBuilder();
        for (var i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] != '%' || i + 1 == pattern.Length)
            {
                expression.Append(pattern[i] == '*' ? ".*?" : Regex.Escape(pattern[i].ToString()));
                continue;
            }
            expression.Append(pattern[++i] switch
            {
                'Y' => @"(?<Y>\d{4})",
                'j' => @"(?<j>\d{3})",
                'y' or 'm' or 'd' or 'H' or 'M' or 'S' => $@"(?<{pattern[i]}>\d\d)",
                '%' => "%",
                var other =>
                    throw new FormatException($"the time pattern '{pattern}' has %{other}, which is none of %Y %y %m %d %j %H %M %S"),
            });
        }
        return expression.ToString();
    }
}
