using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml;

namespace ConvLstm.Nowcast.Ingest.Formats.Cf;

/// <summary>
/// The period of an accumulation where a text names it: ISO 8601, <c>10 minutes</c>, or the cell methods (CF section 7.3).
/// </summary>
internal static partial class CfDuration
{
    private static readonly string[] OnVariable =
        ["accumulation_period", "accumulation_time", "integration_period", "integration_time", "interval"];
    private static readonly string[] OnFile = ["accumulation_period", "time_coverage_resolution", "time_coverage_duration"];

    /// <summary>What the variable itself says: an attribute of its own, or what its values were summed over.</summary>
    internal static TimeSpan? OfVariable(CfRainVariable rain) => First(OnVariable.Select(rain.Variable.Attributes.Text))
        ?? (Over().Match(rain.Variable.Attributes.Text("cell_methods") ?? "") is { Success: true } over ? Parse(over.Groups[1].Value)
            : null);

    /// <summary>
    /// How often the sum was sampled (CF section 7.3.2): of a file of one scan often what was meant, where nothing else says more.
    /// </summary>
    internal static TimeSpan? OfSampling(CfRainVariable rain) =>
        Interval().Match(rain.Variable.Attributes.Text("cell_methods") ?? "") is { Success: true } interval
            ? Parse(interval.Groups[1].Value) : null;

    /// <summary>
    /// What the file says of itself as a whole, after the Attribute Convention for Data Discovery: the last to be believed.
    /// </summary>
    internal static TimeSpan? OfFile(CfRainVariable rain) => First(rain.Scope.SelectMany(g => OnFile.Select(g.Attributes.Text)));

    private static TimeSpan? First(IEnumerable<string?> texts) =>
        texts.OfType<string>().Select(Parse).FirstOrDefault(period => period is not null);

    internal static TimeSpan? Parse(string text)
    {
        if (text.StartsWith('P'))
        {
            try
            {
                return XmlConvert.ToTimeSpan(text);
            }
            catch (FormatException)
            {
                // Not ISO 8601 after all; the caller looks elsewhere.
                return null;
            }
        }
        var match = Quantity().Match(text);
        return match.Success && UdUnitsTime.Seconds(match.Groups[2].Value) is { } seconds
            ? TimeSpan.FromSeconds(double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) * seconds)
            : null;
    }

    [GeneratedRegex(@"time:\s*sum[^(]*\(\s*interval:\s*([^)]+)\)", RegexOptions.IgnoreCase)]
    private static partial Regex Interval();

    [GeneratedRegex(@"time:\s*sum\s+(?:over|within|in)\s+(\d+(?:\.\d+)?\s*[A-Za-z]+)", RegexOptions.IgnoreCase)]
    private static partial Regex Over();

    [GeneratedRegex(@"^\s*(\d+(?:\.\d+)?)\s*([A-Za-z]+)\s*$")]
    private static partial Regex Quantity();
}
