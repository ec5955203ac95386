using System.Text.Json;
using ConvLstm.Nowcast.Storage.Models;

namespace ConvLstm.Nowcast.Jobs.Web.Dashboard;

/// <summary>The models with their scores, and which of them forecasts.</summary>
internal static class ModelsSection
{
    private const int LongestValue = 160;

    internal static Html Of(IReadOnlyList<StoredModel> models, Html token, DateTimeOffset now) => models.Count == 0
        ? Html.Of($"<p>There is no model yet: the first forecast takes the one that comes with the program.</p>")
        : Html.Of($"""
            <div class="actions">{(models.Any(m => m.IsPromoted) ? Parts.Action("/jobs/models/rollback", "Roll back", token, "danger") : Html.Empty)}</div>
            <section class="cards">{Html.Join(models.OrderByDescending(m => m.ImportedAt).Select(m => Model(m, token, now)))}</section>
            """);

    private static Html Model(StoredModel model, Html token, DateTimeOffset now) => Html.Of($"""
        <article class="model{(model.IsPromoted ? " promoted" : "")}" data-version="{model.Version}">
        <h3>{model.Version} {(model.IsPromoted ? Html.Of($"<span class=\"outcome succeeded\">forecasts</span>") : Html.Empty)}</h3>
        <dl><dt>stored<dd>{Parts.When(model.ImportedAt, now)}{Html.Join(Scores(model.Scores))}</dl>
        <div class="actions">{(model.IsPromoted ? Html.Empty : Parts.Action($"/jobs/models/{Uri.EscapeDataString(model.Version)}/promote", "Promote", token))}</div>
        </article>
        """);

    /// <summary>What was scored, as it was written; the words of a retraining come first.</summary>
    private static IEnumerable<Html> Scores(string json)
    {
        using var document = JsonDocument.Parse(json);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
            return [];
        return [.. document.RootElement.EnumerateObject().OrderBy(p => p.Name != "reason").Select(p => Html.Of($"<dt>{p.Name}<dd>{Short(p.Value)}"))];
    }

    private static string Short(JsonElement value)
    {
        var text = value.ValueKind switch
        {
            JsonValueKind.Number => value.GetDouble().ToString("0.####", System.Globalization.CultureInfo.InvariantCulture),
            JsonValueKind.Object => string.Join(", ", value.EnumerateObject().Select(p => $"{p.Name} {Short(p.Value)}")),
            _ => value.ToString(),
        };
        return value.ValueKind == JsonValueKind.String || text.Length <= LongestValue ? text : text[..LongestValue] + "…";
    }
}
