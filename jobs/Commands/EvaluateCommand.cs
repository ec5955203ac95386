using System.CommandLine;
using ConvLstm.Nowcast.Evaluation;
using ConvLstm.Nowcast.Jobs.Studies;
using ConvLstm.Nowcast.Methods;

namespace ConvLstm.Nowcast.Jobs.Commands;

/// <summary><c>nowcast evaluate</c>: hindcast scores of methods on an archive.</summary>
internal static class EvaluateCommand
{
    internal static Command Create(Terminal terminal)
    {
        var defaults = new HindcastOptions();
        var data = new Option<string[]>("--data") { Description = "Radar files, folders or patterns.", Required = true, AllowMultipleArgumentsPerToken = true };
        var model = new Option<string?>("--model") { Description = "A checkpoint to score as the method 'model'; the one that comes with the program where not given." };
        var methods = new Option<string[]>("--methods") { Description = "Which methods; all of them where not given.", AllowMultipleArgumentsPerToken = true };
        var lead = Flags.Number("--lead", "Minutes to look ahead.", (int)defaults.Lead.TotalMinutes, 1, 1440);
        var every = Flags.Number("--every", "Scans from one issue time to the next.", defaults.Every, 1, 1_000_000);
        var json = new Option<string?>("--json") { Description = "Write all scores by lead and threshold to this file." };
        var report = new Option<string?>("--report") { Description = "Write a page with the scores by lead and the reliability (.html)." };
        var device = new Option<string>("--device") { Description = "cpu, cuda or auto.", DefaultValueFactory = _ => "auto" };
        var command = new Command("evaluate", "Forecast an archive again and score it.") { data, model, methods, lead, every, json, report, device };
        command.SetAction(async (parsed, cancellation) =>
        {
            if (parsed.GetValue(json) is string path)
                OutputFile.Require("--json", path);
            if (parsed.GetValue(report) is string page)
                OutputFile.Require("--report", page);
            using var checkpoint = MethodChoice.Load(parsed.GetValue(model), parsed.GetValue(methods) is { Length: > 0 } m && !m.Contains(ModelForecast.Name) ? m[0] : null, parsed.GetRequiredValue(device));
            var available = MethodChoice.Methods(checkpoint);
            var names = parsed.GetValue(methods) is { Length: > 0 } chosen ? chosen : [.. available.Names];
            var series = Archives.Open(terminal, parsed.GetRequiredValue(data), cancellation);
            var options = defaults with { Lead = TimeSpan.FromMinutes(parsed.GetValue(lead)), Every = parsed.GetValue(every) };
            var result = await terminal.ProgressAsync("evaluate", report => Task.Run(
                () => new Hindcast(options).Run(
                    [.. series.Select(s => s.Load(cancellation))], [.. names.Select(available.Make)], new Reporting(p => report((double)p.Done / p.Total, $"{p.Done} of {p.Total} issue times")), cancellation),
                cancellation));
            Print(terminal, result);
            if (parsed.GetValue(json) is string scores)
                await File.WriteAllTextAsync(scores, result.ToJson(), cancellation);
            if (parsed.GetValue(report) is string html)
                EvaluationReport.Of(result).Write(html);
            return CommandLine.Done;
        });
        return command;
    }

    /// <summary>The scores on the pixels that all methods can know, means over the leads.</summary>
    private static void Print(Terminal terminal, HindcastResult result)
    {
        terminal.Line($"{result.IssueTimes.Count} issue times, means over leads to {result.LeadMinutes[^1]:0} minutes, pixels whose air was observed");
        terminal.Line("method           mm/h     CSI     POD     FAR    bias   Brier    CRPS");
        foreach (var row in result.Summary.Where(r => r.Mask == "common"))
            terminal.Line(FormattableString.Invariant($"{row.Method,-15} {row.Threshold,5:0.0} {row.Csi,7:0.000} {row.Pod,7:0.000} {row.Far,7:0.000} {row.Bias,7:0.00} {row.Brier,7:0.0000} {row.Crps,7:0.000}"));
    }

    private sealed class Reporting(Action<HindcastProgress> report) : IProgress<HindcastProgress>
    {
        public void Report(HindcastProgress value) => report(value);
    }
}
