using System.CommandLine;
using ConvLstm.Nowcast.Jobs.Pipeline;

namespace ConvLstm.Nowcast.Jobs.Commands;

/// <summary><c>nowcast ingest PATH…</c>: radar files into the database, again and again without harm.</summary>
internal static class IngestCommand
{
    internal static Command Create(Terminal terminal)
    {
        var paths = new Argument<string[]>("PATH") { Description = "Radar files, folders or patterns.", Arity = ArgumentArity.OneOrMore };
        var command = new Command("ingest", "Read radar files into the database.") { paths };
        command.SetAction((parsed, cancellation) => OpenDatabase.RunAsync(async (database, _) =>
        {
            var summary = await terminal.ProgressAsync("ingest", report => new ArchiveIngest(database).RunAsync(
                parsed.GetRequiredValue(paths), (done, of) => report((double)done / of, $"{done} of {of} files"), cancellation));
            foreach (var problem in summary.Problems)
                terminal.Error(problem);
            terminal.Line($"{summary.Stored} scans stored, {summary.AlreadyThere} were there already, {summary.Problems.Count} files could not be used");
            return summary.Problems.Count == 0 ? CommandLine.Done : CommandLine.Failed;
        }, cancellation));
        return command;
    }
}
