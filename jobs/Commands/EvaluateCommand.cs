using System.CommandLine;
using System.Globalization;
using ConvLstm.Nowcast.Evaluation;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Formats.Sources;
using ConvLstm.Nowcast.Ingest.Sequences;
using ConvLstm.Nowcast.Jobs.Feed;
using ConvLstm.Nowcast.Jobs.Studies;
using ConvLstm.Nowcast.Jobs.Verification;
using ConvLstm.Nowcast.Methods;

namespace ConvLstm.Nowcast.Jobs.Commands;

/// <summary>
/// <c>nowcast evaluate</c>: scores of methods that forecast an archive again, of forecast files, or of the runs of the database.
/// </summary>
internal static class EvaluateCommand
{
    private static readonly HindcastOptions Defaults = new();

    internal static Command Create(Terminal terminal, DecodedFiles files)
    {
        var data = new Option<string[]>("--data")
        {
            Description = "Radar files, folders or patterns: what is forecast again, or came after --forecasts.",
            AllowMultipleArgumentsPerToken = true,
        };
        var forecasts = new Option<string[]>("--forecasts")
        {
            Description = "Score these files of 'nowcast forecast' instead, at their thresholds: files, folders or patterns.",
            AllowMultipleArgumentsPerToken = true,
        };
        var runs = new Option<string[]>("--runs")
        {
            Description = "Score the runs of the database against its scans instead: of these grids, of all where none is named.",
            Arity = ArgumentArity.ZeroOrMore, AllowMultipleArgumentsPerToken = true,
        };
        var from = Flags.Time("--from", "The first issue time of --runs.");
        var to = Flags.Time("--to", "The last issue time of --runs.");
        var model = new Option<string?>("--model")
        {
            Description = "A checkpoint to score as the method 'model'; the one that comes with the program where not given.",
        };
        var methods = new Option<string[]>("--methods")
        {
            Description = "Which methods; all of them where not given.", AllowMultipleArgumentsPerToken = true,
        };
        var lead = Flags.Number("--lead", "Minutes to look ahead.", (int)Defaults.Lead.TotalMinutes, 1, 1440);
        var every = Flags.Number("--every", "Scans from one issue time to the next.", Defaults.Every, 1, 1_000_000);
        var scales = Flags.Numbers("--fss-scales",
            $"Sides of the boxes of the fractions skill score in pixels, odd; {string.Join(' ', MapScores.Scales)}, those of the database, "
                + "where forecasts or runs are scored.", Defaults.FractionsScales, 1, 9999);
        var json = new Option<string?>("--json") { Description = "Write all scores by lead and threshold to this file." };
        var report = new Option<string?>("--report") { Description = "Write a page with the scores by lead and the reliability (.html)." };
        var device = Flags.Device();
        var source = SourceFlags.Profiles();
        var command = new Command("evaluate", "Forecast an archive again and score it, or score forecasts that were made.")
        {
            data, forecasts, runs, from, to, model, methods, lead, every, scales, json, report, device, source,
        };
        command.Validators.Add(result =>
        {
            var (isFiles, isRuns) = (result.GetResult(forecasts) is not null, result.GetResult(runs) is not null);
            if (isRuns ? isFiles || result.GetResult(data) is not null : result.GetResult(data) is null)
                result.AddError("Give --data with radar files, or --runs for the runs and scans of the database.");
            if (!isRuns && (result.GetResult(from) ?? result.GetResult(to)) is not null)
                result.AddError("--from and --to go with --runs.");
            Option[] again = [model, methods, lead, every, device];
            if ((isFiles || isRuns) && again.FirstOrDefault(option => result.GetResult(option) is { Implicit: false }) is { } alien)
                result.AddError($"{alien.Name} says how to forecast again, and not how to score --forecasts or --runs: leave it out.");
            if (result.GetValue(scales)?.FirstOrDefault(scale => scale % 2 == 0) is int even and > 0)
                result.AddError($"--fss-scales {even}: a box has its pixel in the middle, give odd numbers.");
        });
        command.SetAction(async (parsed, cancellation) =>
        {
            if (parsed.GetValue(json) is string path)
                OutputFile.Require("--json", path);
            if (parsed.GetValue(report) is string page)
                OutputFile.Require("--report", page);
            var asked = parsed.GetResult(scales) is { Implicit: false } ? parsed.GetRequiredValue(scales) : null;
            var result = await terminal.ProgressAsync("evaluate", async show =>
            {
                if (parsed.GetResult(runs) is not null)
                {
                    return await OpenDatabase.RunAsync((database, _) => new StoredRuns(database, asked ?? MapScores.Scales).ScoreAsync(
                        parsed.GetValue(runs) ?? [], parsed.GetValue(from) ?? DateTimeOffset.MinValue,
                            parsed.GetValue(to) ?? DateTimeOffset.MaxValue, Show, cancellation), cancellation);
                }
                if (parsed.GetResult(forecasts) is not null)
                {
                    var archive = RadarArchive.Open(parsed.GetRequiredValue(data), files.Open, Sources(), cancellation: cancellation);
                    return await Task.Run(() => ForecastFiles.Score(files, parsed.GetRequiredValue(forecasts), archive.Scans,
                        asked ?? MapScores.Scales, Show, cancellation), cancellation);
                }
                var options = Defaults with
                {
                    Lead = TimeSpan.FromMinutes(parsed.GetValue(lead)),
                    Every = parsed.GetValue(every),
                    FractionsScales = asked ?? Defaults.FractionsScales,
                };
                return await AgainAsync(
                    terminal, files, parsed.GetRequiredValue(data), parsed.GetValue(model), parsed.GetValue(methods) ?? [],
                    parsed.GetRequiredValue(device), options, Sources(), Show,
                    cancellation);

                RadarSources Sources() => RadarSources.Load(parsed.GetValue(source) ?? []);

                void Show(int done, int of) => show((double)done / of, $"{done} of {of}");
            });
            Print(terminal, result);
            if (parsed.GetValue(json) is string scores)
                WholeFile.Write(scores, result.ToJson());
            if (parsed.GetValue(report) is string html)
                EvaluationReport.Of(result).Write(html);
            return CommandLine.Done;
        });
        return command;
    }

    private static async Task<HindcastResult> AgainAsync(
        Terminal terminal, DecodedFiles files, string[] data, string? model, string[] methods, string device, HindcastOptions options,
        RadarSources sources, Action<int, int> show, CancellationToken cancellation)
    {
        using var checkpoint = MethodChoice.Load(model, methods.Length > 0 && !methods.Contains(ModelForecast.Name) ? methods[0] : null,
            device);
        var available = MethodChoice.Methods(checkpoint);
        var names = methods.Length > 0 ? methods : [.. available.Names];
        var series = Archives.Open(terminal, files, data, cancellation, sources);
        return await Task.Run(
            () => new Hindcast(options).Run([.. series.Select(s => s.Load(cancellation))], [.. names.Select(available.Make)],
                new Reporting(p => show(p.Done, p.Total)), cancellation),
            cancellation);
    }

    /// <summary>The scores on the pixels that all methods can know, means over the leads.</summary>
    private static void Print(Terminal terminal, HindcastResult result)
    {
        terminal.Line($"{result.IssueTimes.Count} issue times, means over leads to {result.LeadMinutes[^1]:0} minutes, pixels whose air "
            + "was observed");
        terminal.Line("method           mm/h     CSI     POD     FAR    bias   Brier    CRPS");
        foreach (var row in result.Summary.Where(r => r.Mask == "common"))
            terminal.Line(string.Create(CultureInfo.InvariantCulture,
                $"{row.Method,-15} {row.Threshold,5:0.0} {row.Csi,7:0.000} {row.Pod,7:0.000} {row.Far,7:0.000} {row.Bias,7:0.00} "
                + $"{row.Brier,7:0.0000} {row.Crps,7:0.000}"));
    }

    private sealed class Reporting(Action<HindcastProgress> report) : IProgress<HindcastProgress>
    {
        public void Report(HindcastProgress value) => report(value);
    }
}
