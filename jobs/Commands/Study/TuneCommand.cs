using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Formats.Sources;
using ConvLstm.Nowcast.Jobs.Feed;
using ConvLstm.Nowcast.Jobs.Studies;
using ConvLstm.Nowcast.Model;
using ConvLstm.Nowcast.Model.Networks;
using ConvLstm.Nowcast.Model.Training;
using ConvLstm.Nowcast.MovingFrame;
using ConvLstm.Nowcast.Studies.Search;

namespace ConvLstm.Nowcast.Jobs.Commands.Study;

/// <summary><c>nowcast tune</c>: a random search over the options of a network, its trials in a folder or in the database.</summary>
internal static class TuneCommand
{
    internal static Command Create(Terminal terminal, DecodedFiles files)
    {
        var (windows, training) = (new WindowOptions(), new TrainingOptions());
        var data = new Option<string[]>("--data")
        {
            Description = "Radar files, folders or patterns.", Required = true, AllowMultipleArgumentsPerToken = true,
        };
        var network = Flags.Choice("--network", "The network", EncoderForecaster.Name,
            [.. NetworkRegistry.Names.Where(n => n != ConvLstmInterpolator.Name)]);
        var outFolder = new Option<string>("--out")
        {
            Description = "The folder of the report and the trials; one that holds some goes on.", Required = true,
        };
        var search = new Option<string?>("--search")
        {
            Description = "Keep the trials in the database under this name, so that several machines may search together; it goes on from "
                + "any of them.",
        };
        var trials = Flags.Number("--trials", "How many; those that are done stay.", 20, 1, 100_000);
        var workers = Flags.Number("--workers", "Processes that search at once.", 1, 1, 64);
        var minutes = Flags.Number("--minutes", "Of training for each trial.", 5.0, 0.001, 100_000);
        var crop = Flags.Number("--crop", "Side of the squares it learns on, in pixels.", windows.Crop, 16, 4096);
        var loss = Flags.Choice("--loss", "What is made small", training.Loss, Losses.Names);
        var seed = Flags.Number("--seed", "The same seed gives the same choices.", 1, 0, 1000);
        var device = Flags.Device();
        var source = SourceFlags.Profiles();
        var command = new Command("tune", "Random search over the options of a network on radar files.") { data, network, outFolder, search,
            trials, workers, minutes, crop, loss, seed, device,
            source };
        command.SetAction(async (parsed, cancellation) =>
        {
            var folder = StudyCommand.Folder(parsed.GetRequiredValue(outFolder));
            var paths = parsed.GetRequiredValue(data);
            var series = Archives.Open(terminal, files, paths, cancellation, RadarSources.Load(parsed.GetValue(source) ?? []));
            var options = training with
            {
                Budget = TimeSpan.FromMinutes(parsed.GetValue(minutes)),
                Loss = parsed.GetRequiredValue(loss),
                Seed = parsed.GetValue(seed),
                Device = Devices.Named(parsed.GetRequiredValue(device)),
                Patience = 1000,
            };
            var (named, crops) = (parsed.GetRequiredValue(network), windows with { Crop = parsed.GetValue(crop) });
            var settings = RadarTuning.Settings(named, string.Join(' ', paths), crops, options);
            var kept = Path.Combine(folder, "trials");
            if (parsed.GetValue(search) is not string name)
                return await SearchAsync(new TrialFolder<RadarTrial>(kept, settings));
            return await OpenDatabase.RunAsync((database, _) =>
                SearchAsync(new TrialTable<RadarTrial>(database.DataSource, name, settings, kept)), cancellation);

            async Task<int> SearchAsync(ITrials<RadarTrial> store)
            {
                var tuning = new RadarTuning(named, crops, options, store, TimeProvider.System);
                var others = Enumerable.Range(1, parsed.GetValue(workers) - 1)
                    .Select(_ => Start(Arguments(parsed, paths, parsed.GetRequiredValue(outFolder)))).ToList();
                try
                {
                    await terminal.ProgressAsync("tune", report => Task.Run(
                        () =>
                        {
                            tuning.Run(series, parsed.GetValue(trials), report, cancellation);
                            return 0;
                        },
                        cancellation));
                    foreach (var other in others)
                    {
                        await other.WaitForExitAsync(cancellation);
                        if (other.ExitCode != 0)
                            throw new ReportedException(
                                $"a worker ended with {other.ExitCode}: run the command again, it goes on where it stopped.");
                    }
                }
                finally
                {
                    foreach (var other in others)
                    {
                        if (!other.HasExited)
                            other.Kill();
                        other.Dispose();
                    }
                }
                Show(terminal, folder, tuning, store, named, parsed.GetValue(trials));
                return CommandLine.Done;
            }

            IEnumerable<string> Arguments(ParseResult given, string[] from, string to) =>
            [
                "tune", "--data", .. from, "--out", to, "--network", given.GetRequiredValue(network), "--trials",
                Text(given.GetValue(trials)), "--minutes", Text(given.GetValue(minutes)),
                "--crop", Text(given.GetValue(crop)), "--loss", given.GetRequiredValue(loss), "--seed", Text(given.GetValue(seed)),
                "--device", given.GetRequiredValue(device),
                .. given.GetValue(search) is string searched ? ["--search", searched] : Array.Empty<string>(),
                .. (given.GetValue(source) ?? []).SelectMany(profile => new[] { "--source", profile }),
            ];
        });
        return command;
    }

    private static void Show(Terminal terminal, string folder, RadarTuning tuning, ITrials<RadarTrial> store, string network, int trials)
    {
        var finished = tuning.Finished(trials);
        if (finished.Count == 0)
            throw new ReportedException($"none of the {trials} trials is done yet, as others are at them: ask again later.");
        var best = finished[0];
        if (best.Outcome != RadarTrial.Trained)
            throw new ReportedException($"none of the {finished.Count} trials learned anything ({best.Outcome})");
        store.CopyWeights(best.Number, Path.Combine(folder, "best.safetensors"));
        terminal.Line(string.Create(CultureInfo.InvariantCulture,
            $"best of {finished.Count}: trial {best.Number}, validation loss {best.ValidationLoss:0.00000}, extrapolation "
            + $"{best.ExtrapolationLoss:0.00000}"));
        var report = new StudyReport($"Random search: {network}")
            .Text($"{finished.Count} trials, the best first. The loss of extrapolation is that of a network that learned nothing, on the "
                + "same windows.")
            .Table(
                ["trial", "hidden", "kernel", "patch", "learning rate", "batch", "optimiser", "schedule", "validation loss",
                    "extrapolation", "epochs", "steps", "seconds", "outcome"],
                finished.Select(t => new[]
                {
                    Text(t.Number), string.Join(' ', t.Choice.Hidden), Text(t.Choice.Kernel), Text(t.Choice.Patch),
                    Text(t.Choice.LearningRate), Text(t.Choice.Batch), t.Choice.Optimizer, t.Choice.Schedule,
                    StudyReport.Number(t.ValidationLoss, "0.00000"), StudyReport.Number(t.ExtrapolationLoss, "0.00000"), Text(t.Epochs),
                    Text(t.Steps), StudyReport.Number(t.Seconds, "0"), t.Outcome,
                }), 0);
        StudyCommand.Write(terminal, folder, report, finished);
    }

    /// <summary>This program once more; its results are in the folder, its words are not wanted.</summary>
    private static Process Start(IEnumerable<string> arguments)
    {
        var process = Process.Start(
            new ProcessStartInfo(Environment.ProcessPath!, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private static string Text<T>(T number)
        where T : IFormattable => number.ToString(null, CultureInfo.InvariantCulture);
}
