using System.CommandLine;
using ConvLstm.Nowcast.Jobs.Studies;
using ConvLstm.Nowcast.Model.Networks;
using ConvLstm.Nowcast.Model.Training;
using ConvLstm.Nowcast.Studies.Digits;
using ConvLstm.Nowcast.Studies.Frames;
using ConvLstm.Nowcast.Studies.Search;

namespace ConvLstm.Nowcast.Jobs.Commands.Study;

/// <summary><c>nowcast study moving-mnist</c>: ten frames from ten, two digits on 64×64.</summary>
internal static class MovingMnistStudyCommand
{
    private const int Past = 10, Frames = 20, Pixels = MovingDigits.Side * MovingDigits.Side;

    internal static Command Create(Terminal terminal)
    {
        var (outFolder, quick, seed) = (StudyCommand.Out("moving-mnist"), StudyCommand.Quick(), StudyCommand.Seed());
        var mnist = new Option<string?>("--mnist")
        {
            Description = "The folder of the IDX files of MNIST; built-in strokes where not given.",
        };
        var minutes = Flags.Optional("--minutes", "Of one processor core that each network trains; 60 where not given.", 0.01, 100_000);
        var command = new Command("moving-mnist", "ConvLSTM, TrajGRU, SimVP and TAU on two flying digits under one protocol.")
        {
            outFolder, quick, seed, mnist, minutes,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var folder = StudyCommand.Folder(parsed.GetRequiredValue(outFolder));
            var isQuick = parsed.GetValue(quick);
            IDigits digits = parsed.GetValue(mnist) is string path ? IdxDigits.Open(path) : new StrokeDigits();
            var moving = new MovingDigits(digits, Frames);
            List<float[]> Videos(int count, int from) =>
                [.. Enumerable.Range(0, count).Select(i => moving.Draw(RandomStream.Of(parsed.GetValue(seed), from + i)))];
            var windows = new VideoWindows(MovingDigits.Side, MovingDigits.Side, Past, moving.Draw, Videos(isQuick ? 4 : 64, 500_000));
            var training = new TrainingOptions
            {
                Budget = TimeSpan.FromMinutes(parsed.GetValue(minutes) ?? (isQuick ? 0.4 : 60)), BatchSize = isQuick ? 2 : 8,
                WindowsPerEpoch = isQuick ? 16 : 1000,
                LearningRate = 1e-3, Schedule = "one-cycle", Loss = Losses.MeanSquaredError, Seed = parsed.GetValue(seed), Patience = 1000,
            };
            int[] hidden = isQuick ? [12, 12] : [64, 64];
            NetworkOptions[] networks =
            [
                .. new[] { EncoderForecaster.Name, TrajGru.Name, SimVp.Name, Tau.Name }
                    .Select(name => new NetworkOptions { Network = name, Hidden = hidden, Patch = 4, Frames = Past, Residual = false,
                        OutputActivation = "sigmoid" }),
            ];
            var result = await terminal.ProgressAsync("moving-mnist", report => Task.Run(
                () => new VideoStudy(windows, Videos(isQuick ? 8 : 200, 900_000), new ProcessorTime())
                    .Run(networks, training, report, cancellation), cancellation));
            VideoReport.Print(terminal, result, Pixels);
            StudyCommand.Write(terminal, folder, Report(result, digits, training), result.Rows);
            return CommandLine.Done;
        });
        return command;
    }

    private static StudyReport Report(VideoStudyResult result, IDigits digits, TrainingOptions training)
    {
        var report = new StudyReport("Moving MNIST: ten frames from ten")
            .Text($"Digits: {digits.Source}. Two of them on 64 × 64, drawn anew for each step; {training.Budget?.TotalMinutes:0.#} minutes "
                + $"of one processor core to train each network, batches of {training.BatchSize}, Adam, one cycle from "
                + $"{training.LearningRate}, mean squared error. "
                + "MSE and MAE are sums over the pixels of a frame on [0, 1], SSIM and PSNR means over frames.")
            .Table(VideoReport.Columns, result.Rows.Select(r => VideoReport.Cells(r, Pixels)))
            .Heading("Published")
            .Table(["method", "parameters", "MSE", "MAE", "SSIM", "PSNR, dB", "frames/s"], Published.Select(p => p.Split('|')))
            .Note("From the tables of OpenSTL (Tan et al. 2023; github.com/chengtan9907/OpenSTL, docs/en/model_zoos/video_benchmarks.md), "
                + "200 epochs: 10 → 10 frames of MNIST digits, 10 000 fixed sequences to learn from and 10 000 to be tested on, Adam, one "
                + "cycle, frames per second on a V100. "
                + "The networks there have 15 to 47 million parameters and train for hours to days on a GPU; here each has "
                    + $"{training.Budget?.TotalMinutes:0.#} minutes of a processor core, and digits drawn anew for each step: the rows "
                    + $"above are no attempt at theirs, they compare networks under one small budget. "
                + "Digits overlap by the larger value, and fly in a straight line at one speed; PSNR is the mean over frames. TrajGRU is "
                    + "not in those tables.");
        return VideoReport.Pictures(report, result, MovingDigits.Side, 1);
    }

    private static readonly string[] Published =
    [
        "ConvLSTM-S|15.0 M|29.80|90.64|0.9288|22.10|113", "SimVP + gSTA-S|46.8 M|26.69|77.19|0.9402|22.78|282",
        "TAU|44.7 M|24.60|71.93|0.9454|23.19|283",
    ];
}
