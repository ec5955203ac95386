using System.Globalization;

namespace ConvLstm.Nowcast.Jobs.Web;

/// <summary>
/// Times in addresses: ISO 8601, UTC, long (2024-06-01T12:00:00Z) or short (20240601T120000Z), or with an offset as RFC 3339 has it.
/// </summary>
internal static class Times
{
    private const string Short = "yyyyMMdd'T'HHmmss'Z'", Long = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    private static readonly string[] Formats =
        [Short, "yyyyMMdd'T'HHmm'Z'", Long, "yyyy-MM-dd'T'HH:mm'Z'", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'",
            "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz", "yyyy-MM-dd"];

    /// <exception cref="BadHttpRequestException">It is no time.</exception>
    internal static DateTimeOffset Parse(string text) =>
        DateTimeOffset.TryParseExact(text, Formats, CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? time
            : throw HttpErrors.BadRequest(
                $"'{(text.Length <= 40 ? text : text[..40] + "…")}' is no time: write UTC like 2024-06-01T12:00:00Z.");

    internal static DateTimeOffset? ParseOptional(string? text) => string.IsNullOrEmpty(text) ? null : Parse(text);

    internal static string Token(DateTimeOffset time) => time.UtcDateTime.ToString(Short, CultureInfo.InvariantCulture);

    internal static string Iso(DateTimeOffset time) => time.UtcDateTime.ToString(Long, CultureInfo.InvariantCulture);
}
