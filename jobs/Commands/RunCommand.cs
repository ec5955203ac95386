using System.CommandLine;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Jobs.Feed;
using ConvLstm.Nowcast.Jobs.Nowcasts;
using ConvLstm.Nowcast.Jobs.Settings;
using ConvLstm.Nowcast.Jobs.Verification;
using ConvLstm.Nowcast.Model;
using ConvLstm.Nowcast.Storage;

namespace ConvLstm.Nowcast.Jobs.Commands;

/// <summary><c>nowcast run</c>: one pass of ingest, forecast, publish, verify.</summary>
internal static class RunCommand
{
    /// <summary>Runs older than this are not verified any more.</summary>
    private static readonly TimeSpan VerifyBack = TimeSpan.FromDays(7);

    internal static Command Create(Terminal terminal)
    {
        var feed = new Option<string?>("--feed") { Description = "A folder of new radar files to ingest first (setting NOWCAST_FEED)." };
        var model = new Option<string?>("--model")
        {
            Description = "A checkpoint (setting NOWCAST_MODEL); the promoted one where not given, at first that which comes with the "
                + "program.",
        };
        var device = Flags.Device();
        var json = JsonOutput.Flag();
        var command = new Command("run", "One pass: ingest the feed, forecast from the newest scans, publish, verify.")
        {
            feed, model, device, json,
        };
        command.SetAction((parsed, cancellation) => OpenDatabase.RunAsync(
            (database, settings) => RunAsync(
                terminal, database, settings, parsed.GetValue(feed) ?? settings.Feed, parsed.GetValue(model) ?? settings.Model,
                Devices.Named(parsed.GetRequiredValue(device)), parsed.GetValue(json), cancellation),
            cancellation));
        return command;
    }

    private static async Task<int> RunAsync(
        Terminal output, NowcastDatabase database, NowcastSettings settings, string? feed, string? modelFile, Device device, bool json,
            CancellationToken cancellation)
    {
        var terminal = json ? output.Silent() : output;
        if (feed is not null)
        {
            var watch = new FeedWatch(
                new FeedOptions(feed) { Patience = TimeSpan.FromSeconds(settings.FeedPatienceSeconds) }, database,
                    DecoderOptions.Of(settings.Decoder).OfFeed, TimeProvider.System, settings.RadarSources);
            var taken = await watch.TakeOnceAsync(outcome => IngestCommand.Describe(terminal, outcome), cancellation);
            terminal.Line($"ingest: {taken?.ToString() ?? "another process takes this feed"}");
        }
        using var model = await ForecastModel.LoadAsync(modelFile, database, device, cancellation);
        var outcomes = await new NowcastPass(database, model, settings.Lead).RunAsync(cancellation);
        if (outcomes.Count == 0)
            throw new ReportedException(
                "There are no two scans in a row in the database: ingest radar files first ('nowcast ingest PATH').");
        foreach (var outcome in outcomes)
            Print(terminal, outcome);
        var newest = outcomes.Max(o => o.IssueTime);
        var scored = await new VerificationPass(database).RunAsync(newest - VerifyBack, cancellation);
        terminal.Line($"verify: {scored} maps scored");
        if (json)
        {
            JsonOutput.Write(output, new
            {
                runs = outcomes.Select(o => new
                {
                    o.Grid, o.Method, issueTime = o.IssueTime.UtcDateTime, o.Run?.RunId, o.Run?.IsSane,
                    o.Problem, seconds = o.Forecasting.TotalSeconds + o.Publishing.TotalSeconds
                }),
                mapsScored = scored,
            });
        }
        // The pass did its work when every grid has an answer, be it from the second best method.
        return outcomes.GroupBy(o => o.Grid).All(grid => grid.Any(o => o.Run is { IsSane: true })) ? CommandLine.Done : CommandLine.Failed;
    }

    private static void Print(Terminal terminal, NowcastOutcome outcome)
    {
        var what = $"{outcome.Grid} {outcome.IssueTime.UtcDateTime:yyyy-MM-dd HH:mm} UTC {outcome.Method}";
        if (outcome.Run is not null)
            terminal.Line($"published: {what}, {outcome.Run.Tiles} tiles{(outcome.Run.Replaced ? ", in place of the run before" : "")}");
        if (outcome.Problem is not null)
            terminal.Error($"{what}: {outcome.Problem}");
    }
}
