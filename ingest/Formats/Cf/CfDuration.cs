using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml;

namespace ConvLstm.Nowcast.Ingest.Formats.Cf;

/// <summary>The period of an accumulation where a text names it: ISO 8601, <c>10 minutes</c>, or the interval of the cell methods (CF section 7.3).</summary>
internal static partial class CfDuration
{
    private static readonly string[] OnVariable = ["accumulation_period", "accumulation_time", "integration_period", "integration_time", "interval"];
    private static readonly string[] OnFile = ["accumulation_period", "time_coverage_duration", "time_coverage_resolution"];

    /// <summary>Null where nothing names it.</summary>
    internal static TimeSpan? Find(CfRainVariable rain)
    {
        var own = rain.Variable.Attributes;
        var interval = Interval().Match(own.Text("cell_methods") ?? "");
        if (interval.Success)
            return Parse(interval.Groups[1].Value);
        foreach (var text in OnVariable.Select(own.Text).Concat(rain.Scope.SelectMany(g => OnFile.Select(g.Attributes.Text))))
        {
            if (text is not null && Parse(text) is { } period)
                return period;
        }
        return null;
    }

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

    [GeneratedRegex(@"^\s*(\d+(?:\.\d+)?)\s*([A-Za-z]+)\s*$")]
    private static partial Regex Quantity();
}
