using System.Text.Json;
using System.Text.Json.Serialization;

namespace ConvLstm.Nowcast.Ingest.Quality;

/// <summary>What one check found.</summary>
/// <param name="Check">Its name.</param>
/// <param name="Passed">False marks the scan as bad.</param>
/// <param name="Found">The number that it looks at.</param>
/// <param name="Limit">What the number may be at most.</param>
public sealed record QualityFinding(string Check, bool Passed, double Found, double Limit);

/// <summary>What the quality control found in one scan.</summary>
/// <param name="Findings">One for each check that could be made.</param>
public sealed record QualityReport(IReadOnlyList<QualityFinding> Findings)
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    /// <summary>False for a scan that is kept but not used.</summary>
    [JsonPropertyOrder(-1)]
    public bool Usable => Findings.All(f => f.Passed);

    /// <summary>Such as <c>speckle 0.71 (limit 0.3)</c>; empty for a good scan.</summary>
    public string Problems() => string.Join(", ", Findings.Where(f => !f.Passed).Select(f => FormattableString.Invariant($"{f.Check} {f.Found:0.###} (limit {f.Limit:0.###})")));

    /// <summary><c>{"usable": …, "findings": [{"check", "passed", "found", "limit"}]}</c>.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Options);
}
