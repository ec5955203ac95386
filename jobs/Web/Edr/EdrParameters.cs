using System.Globalization;
using System.Text.Json.Nodes;
using ConvLstm.Nowcast.Storage.Queries;

namespace ConvLstm.Nowcast.Jobs.Web.Edr;

/// <summary>What a parameter is of.</summary>
internal enum EdrBand
{
    /// <summary>The rate of the map: of the same area and peaks as rain has.</summary>
    Rate,

    /// <summary>The expected rate, for amounts.</summary>
    Mean,

    /// <summary>Of more than a threshold.</summary>
    Probability,
}

/// <summary>A parameter of a coverage.</summary>
/// <param name="Name">rainfall_rate, rainfall_rate_mean, or probability_ and a threshold in mm/h; as in the forecast's file.</param>
/// <param name="Band">What of the run it is.</param>
/// <param name="Label">In words.</param>
/// <param name="Threshold">Which of the run's thresholds a probability is of.</param>
internal sealed record EdrParameter(string Name, EdrBand Band, string Label, int Threshold = 0)
{
    private const string RateName = "https://vocab.nerc.ac.uk/standard_name/rainfall_rate/";

    internal bool IsRate => Band != EdrBand.Probability;

    /// <summary>mm/h or 0 to 1; null where nothing can be said.</summary>
    internal float? Value(PackedRun run, int lead, int pixel) => Band switch
    {
        EdrBand.Rate => run.Rate(lead, pixel),
        EdrBand.Mean => run.Mean(lead, pixel),
        _ => run.Probability(Threshold, lead, pixel),
    };

    /// <summary>
    /// As CoverageJSON and EDR both want it; units are UCUM's. The text of EDR 1.1 demands an id of what is observed, and says of the
    /// description of a collection's parameter what its schema denies (words by language, a string): it is left out there.
    /// </summary>
    internal JsonObject Describe(bool isOfCollection)
    {
        var (unit, symbol) = IsRate ? ("millimetres per hour", "mm/h") : ("probability", "1");
        var description = new JsonObject
        {
            ["type"] = "Parameter",
            ["observedProperty"] = new JsonObject { ["id"] = IsRate ? RateName : Name, ["label"] = English(Label) },
            ["unit"] = new JsonObject
            {
                ["label"] = English(unit),
                ["symbol"] = new JsonObject { ["value"] = symbol, ["type"] = "http://www.opengis.net/def/uom/UCUM/" },
            },
        };
        description.Insert(1, isOfCollection ? "id" : "description", isOfCollection ? Name : English(Label));
        return description;
    }

    private static JsonObject English(string text) => new() { ["en"] = text };

    internal static IReadOnlyList<EdrParameter> Of(RunSummary? run) =>
        [new("rainfall_rate", EdrBand.Rate, "Rain rate"), new("rainfall_rate_mean", EdrBand.Mean, "Expected rain rate"),
            .. (run?.Thresholds ?? []).Select((threshold, i) => new EdrParameter(
                string.Create(CultureInfo.InvariantCulture, $"probability_{threshold}"), EdrBand.Probability,
                string.Create(CultureInfo.InvariantCulture, $"Probability of more than {threshold} mm/h"), i))];

    /// <summary>Those that are asked for, or all.</summary>
    /// <exception cref="BadHttpRequestException">One is not there.</exception>
    internal static IReadOnlyList<EdrParameter> Chosen(RunSummary run, string? names)
    {
        var all = Of(run);
        if (string.IsNullOrEmpty(names))
            return all;
        return [.. names.Split(',', StringSplitOptions.TrimEntries).Distinct().Select(name => all.FirstOrDefault(p => p.Name == name)
            ?? throw HttpErrors.BadRequest(
                $"There is no parameter '{(name.Length > 40 ? name[..40] : name)}'; there are "
                + $"{string.Join(", ", all.Select(p => p.Name))}."))];
    }
}
