using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace ConvLstm.Nowcast.Ingest.Formats.Sources;

/// <summary>
/// What is to be known of a source whose files do not say it, as a JSON file: for which files it holds, and the keys that are given
/// below. Keys that are
/// left out leave their matter to the file.
/// </summary>
public sealed record SourceProfile
{
    private static readonly JsonSerializerOptions Spelling = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    /// <summary>
    /// A pattern of names, <c>*</c> and <c>?</c> within one; with slashes it is the end of the path. All files where null.
    /// </summary>
    public string? Files { get; init; }

    /// <summary>Where the time stands in the name, as <see cref="RadarReadOptions.TimePattern"/>.</summary>
    public string? Time { get; init; }

    /// <summary>The name of the grid.</summary>
    public string? GridName { get; init; }

    /// <summary>Which of several products of the grid it is.</summary>
    public string? Product { get; init; }

    /// <summary>Where the pixels lie.</summary>
    public SourceGrid? Grid { get; init; }

    /// <summary>What the pixels mean.</summary>
    public PixelLegend? Legend { get; init; }

    /// <summary>The period of a sum.</summary>
    public double? PeriodMinutes { get; init; }

    /// <summary>The variable, quantity or element to read.</summary>
    public string? Variable { get; init; }

    /// <summary>The projection of a file that has coordinates and does not name theirs.</summary>
    public string? Projection { get; init; }

    /// <summary>Z = a R^b.</summary>
    public ZRelation? ZRelation { get; init; }

    /// <summary>Polar data: metres above the sea.</summary>
    public double? HeightLimitMetres { get; init; }

    /// <exception cref="ReportedException">There is no such file, or it is not such a profile.</exception>
    public static SourceProfile Load(string path)
    {
        try
        {
            var profile = JsonSerializer.Deserialize<SourceProfile>(File.ReadAllText(path), Spelling)
                ?? throw new JsonException("it is empty");
            return profile.PeriodMinutes is <= 0 ? throw new JsonException("periodMinutes is not above 0") : profile;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ReportedException($"{path}: the source profile cannot be read ({e.Message}); check the path.", e);
        }
        catch (JsonException e)
        {
            throw new ReportedException($"{path}: it is no source profile ({e.Message.TrimEnd('.')}); see ops/docs/formats.md.", e);
        }
    }

    /// <summary>True for the files of the source.</summary>
    internal bool Matches(string path)
    {
        if (Files is null)
            return true;
        var pattern = Regex.Escape(Files).Replace(@"\*\*", ".*", StringComparison.Ordinal)
            .Replace(@"\*", "[^/]*", StringComparison.Ordinal).Replace(@"\?", "[^/]", StringComparison.Ordinal);
        return Regex.IsMatch(Path.GetFullPath(path).Replace(Path.DirectorySeparatorChar, '/'), $"/{pattern}$",
            RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
    }

    internal RadarReadOptions Options() => new()
    {
        TimePattern = Time,
        GridName = GridName,
        Product = Product,
        Grid = Grid,
        Legend = Legend,
        AccumulationPeriod = PeriodMinutes is { } minutes ? TimeSpan.FromMinutes(minutes) : null,
        Variable = Variable,
        Projection = Projection,
        ZRelation = ZRelation,
        HeightLimitMetres = HeightLimitMetres,
    };
}
