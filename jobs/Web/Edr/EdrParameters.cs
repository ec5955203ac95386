using System.Globalization;
using System.Text.Json;
using ConvLstm.Nowcast.Storage.Queries;

namespace ConvLstm.Nowcast.Jobs.Web.Edr;

/// <summary>A parameter of a coverage.</summary>
/// <param name="Name">rainfall_rate, or probability_ and a threshold in mm/h.</param>
/// <param name="Threshold">−1 for the rate, else which probability.</param>
/// <param name="Label">In words.</param>
internal sealed record EdrParameter(string Name, int Threshold, string Label)
{
    internal float? Value(PackedRun run, int lead, int pixel) =>
        Threshold < 0 ? run.Rate(lead, pixel) : run.Probability(Threshold, lead, pixel);

    /// <summary>As CoverageJSON and EDR both want it; units are UCUM's.</summary>
    internal void WriteDescription(Utf8JsonWriter json)
    {
        var (label, symbol) = Threshold < 0 ? ("millimetres per hour", "mm/h") : ("probability", "1");
        json.WriteStartObject();
        json.WriteString("type", "Parameter");
        WriteText(json, "description", Label);
        json.WriteStartObject("unit");
        WriteText(json, "label", label);
        json.WriteStartObject("symbol");
        json.WriteString("value", symbol);
        json.WriteString("type", "http://www.opengis.net/def/uom/UCUM/");
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteStartObject("observedProperty");
        if (Threshold < 0)
            json.WriteString("id", "https://vocab.nerc.ac.uk/standard_name/rainfall_rate/");
        WriteText(json, "label", Label);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter json, string name, string text)
    {
        json.WriteStartObject(name);
        json.WriteString("en", text);
        json.WriteEndObject();
    }

    internal static IReadOnlyList<EdrParameter> Of(RunSummary? run) =>
        [new("rainfall_rate", -1, "Rain rate"), .. (run?.Thresholds ?? []).Select((threshold, i) => new EdrParameter(
            string.Create(CultureInfo.InvariantCulture, $"probability_{threshold}"), i,
                string.Create(CultureInfo.InvariantCulture, $"Probability of more than {threshold} mm/h")))];

    /// <summary>Those that are asked for, or all.</summary>
    /// <exception cref="BadHttpRequestException">One is not there.</exception>
    internal static IReadOnlyList<EdrParameter> Chosen(RunSummary run, string? names)
    {
        var all = Of(run);
        if (string.IsNullOrEmpty(names))
            return all;
        return [.. names.Split(',', StringSplitOptions.TrimEntries).Distinct().Select(name => all.FirstOrDefault(p => p.Name == name)
            ?? throw Refusals.Wrong(
                $"There is no parameter '{(name.Length > 40 ? name[..40] : name)}'; there are "
                + $"{string.Join(", ", all.Select(p => p.Name))}."))];
    }
}
