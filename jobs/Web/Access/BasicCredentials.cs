using System.Net.Http.Headers;
using System.Text;

namespace ConvLstm.Nowcast.Jobs.Web.Access;

/// <summary>Name and password in the header of a request, https://www.rfc-editor.org/rfc/rfc7617.</summary>
internal static class BasicCredentials
{
    internal const string Challenge = "Basic realm=\"nowcast\", charset=\"UTF-8\"";

    /// <summary>"name:password"; null where none are given, or nothing that can be read.</summary>
    internal static string? Of(HttpRequest request)
    {
        if (!AuthenticationHeaderValue.TryParse(request.Headers.Authorization, out var header)
            || !string.Equals(header.Scheme, "Basic", StringComparison.OrdinalIgnoreCase) || header.Parameter is null)
            return null;
        var given = new byte[header.Parameter.Length];
        return Convert.TryFromBase64String(header.Parameter, given, out var length) ? Encoding.UTF8.GetString(given, 0, length) : null;
    }
}
