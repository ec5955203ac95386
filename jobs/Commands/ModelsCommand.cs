using System.CommandLine;
using System.Text.Json;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Jobs.Nowcasts;
using ConvLstm.Nowcast.Model.Checkpoints;
using ConvLstm.Nowcast.Storage;

namespace ConvLstm.Nowcast.Jobs.Commands;

/// <summary><c>nowcast models list|show|import|promote|rollback</c>: the models in the database, and which of them forecasts.</summary>
internal static class ModelsCommand
{
    internal static Command Create(Terminal terminal)
    {
        var command = new Command("models", "List, import, promote and roll back models.");
        var json = JsonOutput.Flag();
        var list = new Command("list", "The models, the newest last; * forecasts.") { json };
        list.SetAction((parsed, cancellation) =>
            OpenDatabase.RunAsync((database, _) => ListAsync(terminal, database, parsed.GetValue(json), cancellation), cancellation));
        command.Add(list);
        var version = new Argument<string>("VERSION") { Description = "As 'models list' names it." };
        command.Add(Sub("show", "What is known of a model.", version, (database, v, c) => ShowAsync(terminal, database, v, c)));
        var file = new Argument<string>("FILE") { Description = "A checkpoint that 'nowcast train' wrote." };
        var promoteToo = new Option<bool>("--promote") { Description = "Let it forecast, too." };
        var import = new Command("import", "Store a checkpoint.") { file, promoteToo };
        import.SetAction((parsed, cancellation) => OpenDatabase.RunAsync(
            (database, _) =>
                ImportAsync(terminal, database, parsed.GetRequiredValue(file), parsed.GetValue(promoteToo), cancellation), cancellation));
        command.Add(import);
        var promoted = new Argument<string>("VERSION") { Description = "As 'models list' names it." };
        command.Add(Sub("promote", "Let a model forecast.", promoted, async (database, v, c) =>
        {
            await database.Models.PromoteAsync(v, "promoted by command", c);
            terminal.Line($"{v} forecasts from now on");
        }));
        command.Add(RollBack(terminal));
        return command;
    }

    private static Command RollBack(Terminal terminal)
    {
        var yes = new Option<bool>("--yes") { Description = "Do not ask." };
        var command = new Command("rollback", "Let the model before forecast again.") { yes };
        command.SetAction((parsed, cancellation) => OpenDatabase.RunAsync(async (database, _) =>
        {
            var after = ForecastModel.AfterRollback(await database.Models.PromotionsAsync(cancellation));
            if (after is not null && !parsed.GetValue(yes)
                && !terminal.Confirms($"Take the last promotion back? Afterwards {after} forecasts."))
            {
                terminal.Line("nothing was changed");
                return CommandLine.Done;
            }
            var before = await database.Models.RollBackAsync(cancellation);
            terminal.Line(before is null ? "no model forecasts from now on: extrapolation answers" : $"{before.Version} forecasts again");
            return CommandLine.Done;
        }, cancellation));
        return command;
    }

    private static async Task<int> ListAsync(Terminal terminal, NowcastDatabase database, bool json, CancellationToken cancellation)
    {
        var models = await database.Models.ListAsync(cancellation);
        if (json)
        {
            JsonOutput.Write(terminal, models.OrderBy(m => m.ImportedAt).Select(m => new
            {
                m.Version, m.Network, m.Checksum, m.IsPromoted,
                importedAt = m.ImportedAt.UtcDateTime, m.CheckpointBytes, scores = JsonDocument.Parse(m.Scores)
            }));
            return CommandLine.Done;
        }
        if (models.Count == 0)
            terminal.Line("there is no model yet: the first forecast takes the one that comes with the program");
        foreach (var model in models.OrderBy(m => m.ImportedAt))
            terminal.Line($"{(model.IsPromoted ? "*" : " ")} {model.Version}  {model.ImportedAt.UtcDateTime:yyyy-MM-dd HH:mm} UTC  "
                + $"{model.CheckpointBytes / 1024} kB  {model.Network}");
        if (models.Count > 0)
            terminal.Line("'nowcast models show VERSION' tells scores and lineage");
        return CommandLine.Done;
    }

    private static async Task ShowAsync(Terminal terminal, NowcastDatabase database, string version, CancellationToken cancellation)
    {
        var model = await database.Models.FindAsync(version, cancellation)
            ?? throw new ReportedException($"There is no model '{version}': 'nowcast models list' names those there are.");
        terminal.Line($"version   {model.Version}{(model.IsPromoted ? ", forecasts" : "")}");
        terminal.Line($"network   {model.Network}");
        terminal.Line($"checksum  {model.Checksum}");
        terminal.Line($"stored    {model.ImportedAt.UtcDateTime:yyyy-MM-dd HH:mm} UTC, {model.CheckpointBytes} bytes");
        terminal.Line($"scores    {model.Scores}");
        terminal.Line($"metadata  {model.Metadata}");
    }

    private static async Task<int> ImportAsync(Terminal terminal, NowcastDatabase database, string file, bool promote,
        CancellationToken cancellation)
    {
        using var model = Checkpoint.Load(file, CPU);
        await ForecastModel.StoreAsync(database, model, file, ForecastModel.ScoresOf(model), cancellation);
        if (promote)
            await database.Models.PromoteAsync(model.Version, $"imported from {Path.GetFileName(file)}", cancellation);
        terminal.Line($"{model.Version} is stored{(promote ? " and forecasts from now on" : "")}");
        return CommandLine.Done;
    }

    private static Command Sub(string name, string description, Argument<string> argument,
        Func<NowcastDatabase, string, CancellationToken, Task> work)
    {
        var command = new Command(name, description) { argument };
        command.SetAction((parsed, cancellation) => OpenDatabase.RunAsync(async (database, _) =>
        {
            await work(database, parsed.GetRequiredValue(argument), cancellation);
            return CommandLine.Done;
        }, cancellation));
        return command;
    }
}
