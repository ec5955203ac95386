using System.Text.Json;
using System.Text.Json.Serialization;

namespace ConvLstm.Nowcast.Ingest.Quality;

/// <summary>What one check found.</summary>
/// <param name="Check">Its name.</param>
/// <param name="Passed">False marks the scan as bad.</param>
/// <param name="Found">The number that it looks at.</param>
/// <param name="Limit">What the number may be at most.</param>
/// <param name="Warning">True where a check that failed is said and costs the scan nothing.</param>
public sealed record QualityFinding(string Check, bool Passed, double Found, double Limit, bool Warning = false);

/// <summary>What the quality control found in one scan.</summary>
/// <param name="Findings">One for each check that could be made.</param>
public sealed record QualityReport(IReadOnlyList<QualityFinding> Findings)
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>False for a scan that is kept but not used.</summary>
    [JsonPropertyOrder(-1)]
    public bool Usable => Findings.All(f => f.Passed || f.Warning);

    /// <summary>Such as <c>speckle 0.71 (limit 0.3)</c>; empty for a good scan.</summary>
    public string Problems() => Say(Findings.Where(f => !f.Passed && !f.Warning));

    /// <summary>What is unusual of a scan that is used all the same; empty where nothing is.</summary>
    public string Warnings() => Say(Findings.Where(f => !f.Passed && f.Warning));

    private static string Say(IEnumerable<QualityFinding> findings) =>
        string.Join(", ", findings.Select(f => FormattableString.Invariant($"{f.Check} {f.Found:0.###} (limit {f.Limit:0.###})")));

    /// <summary><c>{"usable": …, "findings": [{"check", "passed", "found", "limit"}]}</c>.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Options);
}
