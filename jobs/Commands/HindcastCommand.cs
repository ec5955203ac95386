using System.CommandLine;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Jobs.Nowcasts;
using ConvLstm.Nowcast.Jobs.Verification;
using ConvLstm.Nowcast.Model;

namespace ConvLstm.Nowcast.Jobs.Commands;

/// <summary>
/// <c>nowcast hindcast</c>: the runs that would have been made in a past period, published and verified, so that maps and scores have
/// something to show.
/// </summary>
internal static class HindcastCommand
{
    internal static Command Create(Terminal terminal)
    {
        var from = Flags.Time("--from", "The first issue time, such as 2010-08-26T04:00:00Z.");
        var to = Flags.Time("--to", "The last issue time.");
        (from.Required, to.Required) = (true, true);
        var every = Flags.Number("--every", "A run from every Nth scan.", 1, 1, 10_000);
        var grid = new Option<string?>("--grid") { Description = "The grid; all where not given." };
        var model = new Option<string?>("--model")
        {
            Description = "A checkpoint (setting NOWCAST_MODEL); the promoted one where not given.",
        };
        var device = Flags.Device();
        var command = new Command("hindcast", "Make, publish and verify the runs of a past period from the scans of the database.")
        {
            from, to, every, grid, model, device,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(from) is { } first && result.GetValue(to) is { } last && first > last)
                result.AddError($"--from {first:yyyy-MM-ddTHH:mm:ssZ} is after --to {last:yyyy-MM-ddTHH:mm:ssZ}: exchange them.");
        });
        command.SetAction((parsed, cancellation) => OpenDatabase.RunAsync(
            async (database, settings) =>
            {
                var (first, last) = (parsed.GetValue(from)!.Value, parsed.GetValue(to)!.Value);
                using var forecaster = await ForecastModel.LoadAsync(parsed.GetValue(model) ?? settings.Model, database,
                    Devices.Named(parsed.GetRequiredValue(device)), cancellation);
                var pass = new HindcastPass(database, new NowcastPass(database, forecaster, settings.Lead));
                var problems = new HashSet<string>();
                var (issues, runs) = await terminal.ProgressAsync("hindcast", report => pass.RunAsync(
                    first, last, parsed.GetValue(every), parsed.GetValue(grid), (outcome, done) =>
                    {
                        report(done, $"{outcome.Grid} {outcome.IssueTime.UtcDateTime:yyyy-MM-dd HH:mm} UTC");
                        if (outcome.Problem is { } problem && problems.Add($"{outcome.Grid} {outcome.Method}: {problem}"))
                            terminal.Error($"{outcome.Grid} {outcome.IssueTime.UtcDateTime:yyyy-MM-dd HH:mm} UTC {outcome.Method}: "
                                + $"{problem}");
                    }, cancellation));
                if (runs == 0)
                    throw new ReportedException(
                        $"No scan from {first:yyyy-MM-ddTHH:mm:ssZ} to {last:yyyy-MM-ddTHH:mm:ssZ} has scans enough before it: ingest "
                            + "radar files of that time ('nowcast ingest PATH').");
                terminal.Line($"published: {runs} runs of {issues} issue times");
                terminal.Line($"verify: {await new VerificationPass(database).RunAsync(first, cancellation)} maps scored");
                return CommandLine.Done;
            },
            cancellation));
        return command;
    }
}
