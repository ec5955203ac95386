using System.CommandLine;
using ConvLstm.Nowcast.Jobs.Feed;
using ConvLstm.Nowcast.Jobs.Studies;
using ConvLstm.Nowcast.Studies.Radar;

namespace ConvLstm.Nowcast.Jobs.Commands.Study;

/// <summary>
/// <c>nowcast study crossval</c>: each event forecast by a network that was trained on all others, beside the classical methods.
/// </summary>
internal static class CrossValidationCommand
{
    internal static Command Create(Terminal terminal, DecodedFiles files)
    {
        var defaults = new CrossValidationOptions();
        var outFolder = StudyCommand.Out("crossval");
        var seed = StudyCommand.Seed();
        var data = new Option<string[]>("--data")
        {
            Description = "Radar files of several events.", Required = true, AllowMultipleArgumentsPerToken = true,
        };
        var cases = Flags.Number("--cases", "Situations scored of each series.", defaults.Cases, 1, 1000);
        var steps = Flags.Number("--steps", "Steps of each training.", defaults.Training.Steps, 1, 1_000_000);
        var memory = Flags.Number(
            "--memory-steps", "Steps of the ConvLSTM after those; 0 for the head alone.", defaults.Training.MemorySteps, 0, 1_000_000);
        var folds = Flags.Number(
            "--folds", "Parts that the events are dealt to, each forecast by a network trained on the others; 0 for a part of each event.",
                0, 0, 1000);
        var methods = new Option<string[]>("--methods")
        {
            Description = "Which methods beside the network; the classical ones where not given.", AllowMultipleArgumentsPerToken = true,
        };
        var beside = new Option<string?>("--beside")
        {
            Description = "A checkpoint that is scored beside, such as the shipped one; one for each part where its name has "
                + $"{CrossValidationOptions.Part}.",
        };
        var pool = new Option<string?>("--pool")
        {
            Description = "A checkpoint of a lagrangian network to be pooled with the cascade network, scored as well; with "
                + $"{CrossValidationOptions.Part} in its name that of a part (0, 1, … or {CrossValidation.AllEvents}).",
        };
        var window = Flags.Number("--window",
            "Pixels on a side of the window with most rain that is taken of each scan; 0 for whole grids.", 0, 0, 10_000);
        var apart = Flags.Number(
            "--apart", "Minutes from one situation to learn from to the next.", (int)defaults.Training.Apart.TotalMinutes, 1, 1440);
        var collect = new Option<bool>("--collect-only") { Description = "Stop when the pixels to learn from are collected." };
        var command = new Command("crossval", "Leave-one-event-out cross-validation of the cascade network; goes on where it was stopped.")
        {
            outFolder, data, cases, steps, memory, folds, methods, beside, pool, window, apart, seed, collect,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var folder = StudyCommand.Folder(parsed.GetRequiredValue(outFolder));
            var series = Archives.Open(terminal, files, parsed.GetRequiredValue(data), cancellation);
            var options = new CrossValidationOptions
            {
                Cases = parsed.GetValue(cases), CollectOnly = parsed.GetValue(collect), Folds = parsed.GetValue(folds),
                Beside = parsed.GetValue(beside), Pool = parsed.GetValue(pool),
                Methods = parsed.GetValue(methods) is { Length: > 0 } named ? named : defaults.Methods,
                Training = defaults.Training with
                {
                    Steps = parsed.GetValue(steps),
                    MemorySteps = parsed.GetValue(memory),
                    Seed = parsed.GetValue(seed),
                    Window = parsed.GetValue(window),
                    Apart = TimeSpan.FromMinutes(parsed.GetValue(apart)),
                },
            };
            var validation = new CrossValidation(options, TimeProvider.System);
            var scores = await terminal.ProgressAsync("crossval",
                show => Task.Run(() => validation.Run(series, folder, show, cancellation), cancellation));
            if (scores.Count == 0)
                return CommandLine.Done;
            var rows = CrossValidationTable.Of(scores);
            string[] scored = [.. rows[0].Means.Keys];
            var about = $"{scores.Count} situations of {scores.Select(s => s.Event).Distinct().Count()} events, each event counts alike. "
                + "The ratio is the model over "
                + "the best of extrapolation, S-PROG and ANVIL at each event (CRPS: STEPS; MAE and RMSE of the mean rate: S-PROG), the "
                    + "geometric mean over the events "
                + "with 95 per cent of a paired bootstrap over events, and the worst event.";
            terminal.Line(about);
            terminal.Line($"{"score",-26}{string.Concat(scored.Select(m => $"{m,14}"))}   ratio");
            foreach (var row in rows)
                terminal.Line($"{row.Score,-26}{string.Concat(scored.Select(m => $"{Mean(row, m),14}"))}   {Ratio(row)}");
            var report = new StudyReport("Each event forecast by a network that was trained on all others").Text(about).Table(
                [.. scored.Prepend("score"), "ratio"],
                    rows.Select(row => scored.Select(m => Mean(row, m)).Prepend(row.Score).Append(Ratio(row)).ToArray()));
            StudyCommand.Write(terminal, folder, report, rows);
            return CommandLine.Done;

            static string Mean(CrossValidationRow row, string method) =>
                StudyReport.Number(row.Means.GetValueOrDefault(method, double.NaN), "0.000");

            static string Ratio(CrossValidationRow row) => double.IsNaN(row.Ratio)
                ? "" : FormattableString.Invariant(
                    $"{row.Ratio:0.000} ({row.Low:0.000} to {row.High:0.000}), worst {row.Worst:0.000}, {row.Events} events");
        });
        return command;
    }
}
