using System.CommandLine;
using System.Globalization;
using ConvLstm.Nowcast.Jobs.Feed;
using ConvLstm.Nowcast.Jobs.Pictures;
using ConvLstm.Nowcast.Jobs.Studies;
using ConvLstm.Nowcast.Model;
using ConvLstm.Nowcast.Model.Training;
using ConvLstm.Nowcast.Studies.Radar;

namespace ConvLstm.Nowcast.Jobs.Commands.Study;

/// <summary><c>nowcast study radar</c>: every network on one archive under one budget.</summary>
internal static class RadarStudyCommand
{
    internal static Command Create(Terminal terminal, DecodedFiles files)
    {
        var (outFolder, quick, seed) = (StudyCommand.Out("radar"), StudyCommand.Quick(), StudyCommand.Seed());
        var data = new Option<string[]>("--data")
        {
            Description = "Radar files; simulated rain where not given.", AllowMultipleArgumentsPerToken = true,
        };
        var networks = new Option<string[]>("--networks")
        {
            Description = $"Which of {string.Join(", ", RadarStudy.Networks)}; all where not given.", AllowMultipleArgumentsPerToken = true,
        };
        var minutes = Flags.Optional("--minutes", "Of training for each network; 10 where not given.", 0.01, 100_000);
        var loss = Flags.Choice("--loss",
            $"What is made small, of networks that draw rain; {Losses.Balanced} where not given, {Losses.MeanSquaredError} with --quick",
            Losses.Balanced, Losses.Names);
        var device = Flags.Device();
        var command = new Command("radar", "Every network on one radar archive under one budget, beside persistence and extrapolation.")
        {
            outFolder, quick, seed, data, networks, minutes, loss, device,
        };
        command.Validators.Add(result =>
        {
            foreach (var name in result.GetValue(networks) ?? [])
            {
                if (!RadarStudy.Networks.Contains(name))
                    result.AddError($"--networks {name}: name some of {string.Join(", ", RadarStudy.Networks)}.");
            }
        });
        command.SetAction(async (parsed, cancellation) =>
        {
            var folder = StudyCommand.Folder(parsed.GetRequiredValue(outFolder));
            using var simulated = new SimulatedArchive(parsed.GetValue(seed));
            var series = simulated.OpenOr(terminal, files, parsed.GetValue(data), 0, cancellation);
            var usual = Options(parsed.GetValue(quick));
            var options = usual with
            {
                Training = usual.Training with
                {
                    Budget = parsed.GetValue(minutes) is double given ? TimeSpan.FromMinutes(given) : usual.Training.Budget,
                    Loss = parsed.GetResult(loss) is { Implicit: false } ? parsed.GetRequiredValue(loss) : usual.Training.Loss,
                    Seed = parsed.GetValue(seed),
                    Device = Devices.Named(parsed.GetRequiredValue(device)),
                },
            };
            var names = parsed.GetValue(networks) is { Length: > 0 } chosen ? chosen : [.. RadarStudy.Networks];
            var result = await terminal.ProgressAsync("radar", report => Task.Run(() => new RadarStudy(options, TimeProvider.System)
                .Run(series, names, folder, report, cancellation), cancellation));
            terminal.Line($"{result.Issues} issue times, means over leads to {result.LeadMinutes[^1]:0} minutes");
            terminal.Line("method                    MAE    RMSE       r     CSI     HSS     FSS   steps  learned");
            foreach (var r in result.Rows)
                terminal.Line(string.Create(CultureInfo.InvariantCulture,
                    $"{r.Method,-22} {r.Mae,6:0.000} {r.Rmse,7:0.000} {r.Correlation,7:0.000} {r.Csi,7:0.000} {r.Hss,7:0.000} "
                    + $"{r.Fss,7:0.000} {r.Steps,7} "
                    + $"{(double.IsFinite(r.Learned) ? r.Learned.ToString("0.0%", CultureInfo.InvariantCulture) : "–"),8}"));
            StudyCommand.Write(terminal, folder, Report(result, options), result);
            return CommandLine.Done;
        });
        return command;
    }

    private static RadarStudyOptions Options(bool quick) => quick
        ? new()
        {
            Network = new() { Hidden = [12, 12], Tile = 16, Residual = true },
            Windows = new() { Past = 4, Future = 4, Crop = 48, ValidationWindows = 8 },
            // In so few steps what can be learned is that rain which may move or die is best drawn weaker, which the balanced loss does
            // not reward.
            Training = new() { Budget = TimeSpan.FromSeconds(6), BatchSize = 4, WindowsPerEpoch = 32, Loss = Losses.MeanSquaredError },
            Lead = TimeSpan.FromMinutes(20), Every = 4,
        }
        : new() { Windows = new() { Future = 12 }, Training = new() { Budget = TimeSpan.FromMinutes(10), Loss = Losses.Balanced } };

    private static StudyReport Report(RadarStudyResult result, RadarStudyOptions options)
    {
        string[] shown = [.. result.Rows.OrderByDescending(r => r.Csi).Take(4).Select(r => r.Method)
            .Union(["persistence", "extrapolation"])];
        return new StudyReport("Networks on one radar archive")
            .Text($"{result.Issues} situations of the last {options.TestShare:0%} of the scans, which nothing was trained on; means over "
                + $"leads to {result.LeadMinutes[^1]:0} minutes, on pixels whose air all methods know. "
                + $"Each network had {options.Training.Budget?.TotalSeconds:0} s of training on the same windows; all of them read scans "
                    + "in the frame of the rain and draw changes of the newest one, so a network that learned nothing is extrapolation, "
                    + "which is better than persistence already: what it learned is by how much its validation loss fell. "
                + $"MAE and RMSE in mm/h; CSI, POD, FAR, HSS and FSS (boxes of {options.Box} pixels) of {options.Threshold} mm/h.")
            .Table(
                ["method", "parameters", "steps", "seconds", "learned", "MAE", "RMSE", "correlation", "CSI", "POD", "FAR", "HSS", "FSS"],
                result.Rows.Select(r => new[]
                {
                    r.Method, $"{r.Parameters}", $"{r.Steps}", StudyReport.Number(r.Seconds, "0"),
                    double.IsFinite(r.Learned) ? r.Learned.ToString("0.0%", CultureInfo.InvariantCulture) : "–",
                    StudyReport.Number(r.Mae, "0.000"), StudyReport.Number(r.Rmse, "0.000"), StudyReport.Number(r.Correlation, "0.000"),
                    StudyReport.Number(r.Csi, "0.000"), StudyReport.Number(r.Pod, "0.000"), StudyReport.Number(r.Far, "0.000"),
                    StudyReport.Number(r.Hss, "0.000"), StudyReport.Number(r.Fss, "0.000"),
                }))
            .Heading("By lead").Note("The four methods with the best CSI, and both references.")
            .Curves("lead, minutes", "RMSE, mm/h", [.. shown.Select(m => new ChartLine(m, Over(result, result.RmseByLead[m])))])
            .Curves("lead, minutes", "CSI", [.. shown.Select(m => new ChartLine(m, Over(result, result.CsiByLead[m])))]);
    }

    private static IReadOnlyList<(double, double)> Over(RadarStudyResult result, IReadOnlyList<double> values) =>
        [.. result.LeadMinutes.Zip(values)];
}
