namespace ConvLstm.Nowcast.Jobs.Web.Edr;

/// <summary>A form that answers come in.</summary>
/// <param name="Name">What f= says.</param>
/// <param name="Type">The media type.</param>
/// <param name="Write">From numbers to a file.</param>
internal sealed record EdrFormat(string Name, string Type, Func<EdrAnswer, byte[]> Write);

/// <summary>The forms that answers come in, the usual one first.</summary>
internal static class EdrFormats
{
    internal static IReadOnlyList<EdrFormat> All { get; } =
        [new("CoverageJSON", CoverageJson.Type, CoverageJson.Write), new("GeoJSON", EdrGeoJson.Type, EdrGeoJson.Write),
            new("NetCDF", EdrNetCdf.Type, EdrNetCdf.Write)];

    internal static IReadOnlyList<string> Names { get; } = [.. All.Select(format => format.Name)];

    /// <exception cref="BadHttpRequestException">There is no such form.</exception>
    internal static EdrFormat Named(string? name) => name is null or "json"
        ? All[0]
        : All.FirstOrDefault(format => format.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            ?? throw HttpErrors.BadRequest($"f is {string.Join(", ", Names)}.");
}
