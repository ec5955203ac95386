using System.Globalization;
using System.Text.Json;
using ConvLstm.Nowcast.Jobs.Nowcasts;
using ConvLstm.Nowcast.Storage;
using ConvLstm.Nowcast.Storage.Models;

namespace ConvLstm.Nowcast.Jobs.Web.Dashboard;

/// <summary>The models: versions, scores, where they come from, which of them forecasts; promote and roll back.</summary>
internal static class ModelsPage
{
    private const string Path = "/models";
    private const int LongestValue = 160;

    internal static void Add()
    {
        DashboardPage.Add(Path, "Models", async (http, mayChange) =>
        {
            var database = http.RequestServices.GetRequiredService<NowcastDatabase>();
            var models = await database.Models.ListAsync(http.RequestAborted);
            var promotions = await database.Models.PromotionsAsync(http.RequestAborted);
            var address = http.Request.PathBase + Path;
            return Html.Of($"""
                <p>{(models.FirstOrDefault(m => m.IsPromoted) is { } current ? Html.Of($"<b>{current.Version}</b> forecasts.") : Html.Of($"Extrapolation forecasts: no model is promoted."))}
                {(mayChange && ForecastModel.AfterRollback(promotions) is { } after ? Parts.Action($"{address}/rollback", "Roll back", $"Take the last promotion back? Afterwards {after} forecasts.", "danger") : Html.Empty)}</p>
                {(models.Count == 0 ? Html.Of($"<p>There is no model yet: the first forecast takes the one that comes with the program.</p>") : Html.Empty)}
                {Html.Join(models.Select(m => Model(m, mayChange, address)))}
                <h3>Promotions</h3>
                {Parts.Table(["Version", "When", "Why", "Taken back"], promotions.Select(p => Html.Of($"<tr><td>{p.Version}</td><td>{Parts.When(p.PromotedAt)}</td><td>{p.Note}</td><td>{(p.RolledBackAt is null ? Html.Empty : Parts.When(p.RolledBackAt))}</td></tr>")))}
                """);
        });
        DashboardPage.AddAction($"{Path}/rollback",
            (http, _) => http.RequestServices.GetRequiredService<NowcastDatabase>().Models.RollBackAsync(http.RequestAborted));
        DashboardPage.AddAction($"{Path}/promote/(.+)", (http, version) =>
            http.RequestServices.GetRequiredService<NowcastDatabase>().Models.PromoteAsync(version, "promoted on the dashboard",
                http.RequestAborted));
    }

    private static Html Model(StoredModel model, bool mayChange, string address) => Html.Of($"""
        <article class="panel panel-default" data-version="{model.Version}">
        <div class="panel-heading"><b>{model.Version}</b> {(model.IsPromoted ? Parts.Label("forecasts", "success") : Html.Empty)}
        {(mayChange && !model.IsPromoted ? Parts.Action($"{address}/promote/{Uri.EscapeDataString(model.Version)}", "Promote", $"Promote {model.Version}? It forecasts from the next scan on.", "primary") : Html.Empty)}</div>
        <dl class="panel-body">{Row("network", Html.Of($"{model.Network}"))}{Row("stored", Parts.When(model.ImportedAt))}
        {Row("checkpoint", Html.Of($"{(model.CheckpointBytes / 1e6).ToString("0.0", CultureInfo.InvariantCulture)} MB, SHA-256 <code>{model.Checksum[..12]}</code>"))}
        {Html.Join(Entries(model.Scores, first: "reason"))}
        <dt>lineage</dt><dd><details><summary>{LineageOf(model.Metadata)}</summary><dl>{Html.Join(Entries(model.Metadata, first: "data"))}</dl></details></dd></dl>
        </article>
        """);

    private static Html Row(string name, Html value) => Html.Of($"<dt>{name}</dt><dd>{value}</dd>");

    private static string LineageOf(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.EnumerateObject().Count() is var count and > 0
            ? $"{count} {(count == 1 ? "entry" : "entries")} of its checkpoint" : "nothing is known";
    }

    /// <summary>What was written, as it was written.</summary>
    private static IEnumerable<Html> Entries(string json, string first)
    {
        using var document = JsonDocument.Parse(json);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
            return [];
        return [.. document.RootElement.EnumerateObject().OrderBy(p => p.Name != first)
            .Select(p => Row(p.Name, Html.Of($"{Short(p.Value)}")))];
    }

    private static string Short(JsonElement value)
    {
        var text = value.ValueKind switch
        {
            JsonValueKind.Number => value.GetDouble().ToString("0.####", CultureInfo.InvariantCulture),
            JsonValueKind.Object => string.Join(", ", value.EnumerateObject().Select(p => $"{p.Name} {Short(p.Value)}")),
            _ => value.ToString(),
        };
        return value.ValueKind == JsonValueKind.String || text.Length <= LongestValue ? text : text[..LongestValue] + "…";
    }
}
