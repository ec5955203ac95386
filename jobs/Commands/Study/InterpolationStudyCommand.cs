using System.CommandLine;
using System.Globalization;
using ConvLstm.Nowcast.Interpolation;
using ConvLstm.Nowcast.Jobs.Feed;
using ConvLstm.Nowcast.Jobs.Studies;
using ConvLstm.Nowcast.Model.Checkpoints;
using ConvLstm.Nowcast.Model.Networks;
using ConvLstm.Nowcast.Model.Training;
using ConvLstm.Nowcast.Studies.Radar;

namespace ConvLstm.Nowcast.Jobs.Commands.Study;

/// <summary><c>nowcast study interpolation</c>: a network that fills gaps between scans.</summary>
internal static class InterpolationStudyCommand
{
    /// <summary>Rain of this rate and more is white in the pictures, mm/h.</summary>
    private const double White = 15;

    private static readonly GapOptions QuickGaps = new() { Crops = 40, ValidationCrops = 8, Crop = 48 };

    internal static Command Create(Terminal terminal, DecodedFiles files)
    {
        var (outFolder, quick, seed) = (StudyCommand.Out("interpolation"), StudyCommand.Quick(), StudyCommand.Seed());
        var data = new Option<string[]>("--data")
        {
            Description = "Radar files to train on; simulated rain where not given.", AllowMultipleArgumentsPerToken = true,
        };
        var test = new Option<string[]>("--test")
        {
            Description = "Radar files to make gaps in; of simulated rain where not given.", AllowMultipleArgumentsPerToken = true,
        };
        var model = new Option<string?>("--model") { Description = "A checkpoint of this study to test, instead of training one." };
        var minutes = Flags.Optional("--minutes", "Of training; 5 where not given.", 0.01, 100_000);
        var gaps = Flags.Number("--gaps", "The most gaps that are filled.", 40, 1, 100_000);
        var command = new Command("interpolation",
            "Train a network to fill gaps of two scans, and compare it with blending and with motion-compensated interpolation.")
        {
            outFolder, quick, seed, data, test, model, minutes, gaps,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var folder = StudyCommand.Folder(parsed.GetRequiredValue(outFolder));
            var isQuick = parsed.GetValue(quick);
            using var simulated = new SimulatedArchive(parsed.GetValue(seed));
            var file = parsed.GetValue(model) ?? Path.Combine(folder, $"{ConvLstmInterpolator.Name}.safetensors");
            var study = new InterpolationStudy(isQuick ? QuickGaps : new(), TimeProvider.System);
            if (parsed.GetValue(model) is null)
            {
                var series = simulated.OpenOr(terminal, files, parsed.GetValue(data), 0, cancellation);
                var training = new TrainingOptions
                {
                    Budget = TimeSpan.FromMinutes(parsed.GetValue(minutes) ?? (isQuick ? 0.5 : 5)), Loss = Losses.MeanAbsoluteError,
                    BatchSize = 4, WindowsPerEpoch = 160, LearningRate = 3e-3,
                    Seed = parsed.GetValue(seed), Patience = 1000,
                };
                var result = await terminal.ProgressAsync("interpolation", report => Task.Run(
                    () => study.Train(series, new() { Hidden = [16, 24] }, training, file, report, cancellation), cancellation));
                terminal.Line(string.Create(CultureInfo.InvariantCulture,
                    $"trained {result.Steps} steps in {result.Duration.TotalSeconds:0} s; validation loss "
                    + $"{result.ValidationLoss:0.00000}, motion-compensated {result.PersistenceLoss:0.00000}"));
            }
            using var checkpoint = Checkpoint.Load(file, CPU);
            var unseen = simulated.OpenOr(terminal, files, parsed.GetValue(test), 1, cancellation);
            var compared = await terminal.ProgressAsync("gaps", report => Task.Run(
                () => InterpolationStudy.Compare(unseen, checkpoint, parsed.GetValue(gaps), report, cancellation), cancellation));
            foreach (var row in compared.Rows)
                terminal.Line(FormattableString.Invariant(
                    $"{row.Method,-24} MAE {row.Mae:0.0000} mm/h   RMSE {row.Rmse:0.0000}   r {row.Correlation:0.0000}"));
            terminal.Line($"{compared.Gaps} gaps of two scans; the network is better than motion-compensated interpolation in "
                + $"{compared.Better} of them");
            StudyCommand.Write(terminal, folder, Report(compared), new { compared.Rows, compared.Gaps, compared.Better });
            return CommandLine.Done;
        });
        return command;
    }

    private static StudyReport Report(InterpolationStudyResult result) => new StudyReport("Gaps between radar scans")
        .Text($"{result.Gaps} gaps of two scans, made in scans that were not trained on and filled from the two scans on each side. Errors "
            + "in mm/h over both missing scans and all pixels that every method knows. "
            + $"The network has the lower mean absolute error than motion-compensated interpolation in {result.Better} of the gaps.")
        .Table(
            ["method", "MAE", "RMSE", "correlation"],
            result.Rows.Select(r => new[] { r.Method, StudyReport.Number(r.Mae), StudyReport.Number(r.Rmse),
                StudyReport.Number(r.Correlation) }), result.Rows.Count - 1)
        .Heading("A missing scan").Note($"Black is dry or not known, white {White} mm/h and more.")
        .Pictures(result.Width, 1, result.Pictures.Select(p => (p.Name, Array.ConvertAll(p.Rain, r => (float)Math.Sqrt(r / White)))));
}
