using System.CommandLine;
using ConvLstm.Nowcast.Ingest.Formats.Sources;
using ConvLstm.Nowcast.Jobs.Feed;
using ConvLstm.Nowcast.Jobs.Ingest;

namespace ConvLstm.Nowcast.Jobs.Commands;

/// <summary>
/// <c>nowcast ingest PATH…</c>: radar files into the database, again and again without harm; with <c>--watch</c> as they arrive.
/// </summary>
internal static class IngestCommand
{
    internal static Command Create(Terminal terminal)
    {
        var paths = new Argument<string[]>("PATH") { Description = "Radar files, folders or patterns.", Arity = ArgumentArity.ZeroOrMore };
        var watch = new Option<string?>("--watch") { Description = "Take the files that arrive in this folder, until stopped." };
        var quarantine = new Option<string?>("--quarantine")
        {
            Description = "Where --watch puts files that cannot be used, with the reason; DIR/quarantine where not given.",
        };
        var idle = new Option<int?>("--idle") { Description = "End --watch after so many seconds without a new file." };
        var patience = new Option<int>("--patience")
        {
            Description = "How many seconds a file that cannot be used must not have changed before --watch puts it into quarantine: an "
                + "upload may go on.",
            DefaultValueFactory = _ => (int)new FeedOptions("").Patience.TotalSeconds,
        };
        var source = SourceFlags.Profiles();
        var grid = SourceFlags.Name("--grid", "A name for the grid of all these files, instead of one made from its geometry.");
        var product = SourceFlags.Name("--product", "A name for the product, which keeps several of one grid apart.");
        var json = JsonOutput.Flag();
        var command = new Command("ingest", "Read radar files into the database.") { paths, watch, quarantine, idle, patience, source,
            grid, product, json };
        command.Validators.Add(result =>
        {
            var isWatch = result.GetValue(watch) is not null;
            if (isWatch == result.GetValue(paths) is { Length: > 0 })
                result.AddError("Give either radar files or --watch with a folder.");
            if (!isWatch && (result.GetValue(quarantine) is not null || result.GetValue(idle) is not null))
                result.AddError("--quarantine and --idle go with --watch.");
            if (isWatch && result.GetValue(json))
                result.AddError("--json is of what has been read, and --watch reads on.");
            if (result.GetValue(idle) is <= 0)
                result.AddError("--idle takes seconds, 1 or more.");
            if (result.GetValue(patience) < 0)
                result.AddError("--patience takes seconds, 0 or more.");
        });
        command.SetAction((parsed, cancellation) => OpenDatabase.RunAsync(async (database, settings) =>
        {
            var sources = RadarSources.Load(parsed.GetValue(source) ?? [], parsed.GetValue(grid), parsed.GetValue(product));
            var decoders = DecoderOptions.Of(settings.Decoder);
            if (parsed.GetValue(watch) is not { } folder)
                return await IngestAsync(terminal, new ArchiveIngest(database, decoders, sources), parsed.GetRequiredValue(paths),
                    parsed.GetValue(json), cancellation);
            var options = new FeedOptions(folder)
            {
                QuarantineFolder = parsed.GetValue(quarantine),
                Patience = TimeSpan.FromSeconds(parsed.GetValue(patience)),
                Idle = parsed.GetValue(idle) is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            };
            return await WatchAsync(terminal, new FeedWatch(options, database, decoders.OfFeed, TimeProvider.System, sources),
                options, cancellation);
        }, cancellation));
        return command;
    }

    private static async Task<int> IngestAsync(Terminal terminal, ArchiveIngest ingest, string[] paths, bool json,
        CancellationToken cancellation)
    {
        var summary = await terminal.ProgressAsync("ingest", report => ingest.RunAsync(
            paths, (done, of) => report((double)done / of, $"{done} of {of} files"), cancellation));
        foreach (var line in summary.Notes.Concat(summary.Problems))
            terminal.Error(line);
        if (json)
            JsonOutput.Write(terminal, summary);
        else
            terminal.Line($"{summary.Stored} scans stored, {summary.AlreadyThere} were there already, {summary.Problems.Count} files could "
                + "not be used");
        return summary.Problems.Count == 0 ? CommandLine.Done : CommandLine.Failed;
    }

    private static async Task<int> WatchAsync(Terminal terminal, FeedWatch feed, FeedOptions options, CancellationToken cancellation)
    {
        terminal.Line($"watching {options.Folder}, quarantine {options.Quarantine}; Ctrl-C ends it");
        var summary = await feed.WatchAsync(outcome => Describe(terminal, outcome), terminal.Error, cancellation);
        terminal.Line(summary.ToString());
        return CommandLine.Done;
    }

    /// <summary>One line for what is new; nothing for a file whose scans are all there already.</summary>
    internal static void Describe(Terminal terminal, FileOutcome outcome)
    {
        if (outcome.Problem is not null)
            terminal.Error($"{(outcome.Stays ? "left where it is" : "in quarantine")}: {outcome.Problem}");
        if (outcome.Stored > 0)
            terminal.Line($"{Path.GetFileName(outcome.Path)}: {outcome.Stored} new scans");
        foreach (var marked in outcome.Marked)
            terminal.Error($"{Path.GetFileName(outcome.Path)} is marked as bad, {marked}");
        foreach (var note in outcome.Notes)
            terminal.Error($"{Path.GetFileName(outcome.Path)}: {note}");
    }
}
