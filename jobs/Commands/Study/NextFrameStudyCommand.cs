using System.CommandLine;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Jobs.Feed;
using ConvLstm.Nowcast.Jobs.Studies;
using ConvLstm.Nowcast.Model.Networks;
using ConvLstm.Nowcast.Model.Training;
using ConvLstm.Nowcast.Studies.Frames;

namespace ConvLstm.Nowcast.Jobs.Commands.Study;

/// <summary><c>nowcast study next-frame</c>: the experiment of the Keras tutorial on pictures or radar scans.</summary>
internal static class NextFrameStudyCommand
{
    private const int Past = 3, Future = 3;

    internal static Command Create(Terminal terminal, DecodedFiles files)
    {
        var (outFolder, quick, seed) = (StudyCommand.Out("next-frame"), StudyCommand.Quick(), StudyCommand.Seed());
        var data = new Option<string[]>("--data")
        {
            Description = "Radar files; simulated rain where not given.", AllowMultipleArgumentsPerToken = true,
        };
        var images = new Option<string?>("--images")
        {
            Description = "A folder of PNG pictures of one size, in the order of their names, instead of radar files.",
        };
        var side = Flags.Number("--size", "Frames are made at most this large, pixels a side.", 64, 16, 1024);
        var epochs = Flags.Number("--epochs", "Of training.", 15, 1, 100_000);
        var network = Flags.Choice("--network", "The network", StackedConvLstm.Name, NetworkRegistry.Names);
        var command = new Command("next-frame", "The tutorial's experiment: three frames from three, pictures of truth over prediction.")
        {
            outFolder, quick, seed, data, images, side, epochs, network,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var folder = StudyCommand.Folder(parsed.GetRequiredValue(outFolder));
            var isQuick = parsed.GetValue(quick);
            using var simulated = new SimulatedArchive(parsed.GetValue(seed));
            var most = isQuick ? Math.Min(32, parsed.GetValue(side)) : parsed.GetValue(side);
            var (width, height, runs) = parsed.GetValue(images) is string pictures
                ? FrameRuns.OfPictures(pictures, most)
                : FrameRuns.OfScans(simulated.OpenOr(terminal, files, parsed.GetValue(data), 0, cancellation), most, cancellation);
            var videos = runs.SelectMany(run => Enumerable.Range(0, Math.Max(0, run.Count - Past - Future + 1))
                .Select(i => run.Skip(i).Take(Past + Future).SelectMany(f => f).ToArray())).ToList();
            // The last fifth is the test, what is before it tells the best epoch; windows that share frames with either are left out.
            var (held, shared) = (Math.Max(1, videos.Count / 5), Past + Future - 1);
            var known = videos.SkipLast(held + shared).ToList();
            var judged = Math.Max(1, known.Count / 10);
            var early = known.SkipLast(judged + shared).ToList();
            if (early.Count == 0)
                throw new ReportedException(
                    $"{videos.Count} windows of {Past + Future} frames are too few to train, to validate and to test on: give more frames "
                        + "in a row.");
            var test = videos.TakeLast(held).ToList();
            var windows = new VideoWindows(height, width, Past, random => early[random.Next(early.Count)], known.TakeLast(judged).ToList());
            var training = new TrainingOptions
            {
                Epochs = parsed.GetValue(epochs), BatchSize = 5, WindowsPerEpoch = isQuick ? 15 : early.Count, LearningRate = 1e-3,
                Loss = Losses.MeanAbsoluteError, Schedule = Schedules.Constant,
                Seed = parsed.GetValue(seed), Patience = 10,
            };
            NetworkOptions options = new()
            {
                Network = parsed.GetRequiredValue(network), Hidden = isQuick ? [8, 8] : [40, 40, 40, 40], Patch = 1, Frames = Past,
                Tile = Math.Max(4, Math.Min(width, height) / 4 * 4),
            };
            var result = await terminal.ProgressAsync("next-frame", report => Task.Run(
                () => new VideoStudy(windows, test, TimeProvider.System).Run([options], training, report, cancellation), cancellation));
            VideoReport.Print(terminal, result, width * height);
            StudyCommand.Write(terminal, folder,
                Report(result, Source(parsed.GetValue(images), parsed.GetValue(data)), width, height, training), result.Rows);
            return CommandLine.Done;
        });
        return command;
    }

    private static string Source(string? images, string[]? data) =>
        images is not null ? $"Pictures of {images}"
            : $"{(data is { Length: > 0 } ? $"Scans of {string.Join(' ', data)}" : "Simulated rain")}, the logarithm of the rain rate, "
                + "what was not observed dry";

    private static StudyReport Report(VideoStudyResult result, string source, int width, int height, TrainingOptions training)
    {
        var report = new StudyReport("Three frames from three")
            .Text($"{source}: frames of {width} × {height} on [0, 1]; {training.Epochs} epochs at most, {training.Optimizer} at "
                + $"{training.LearningRate}, {training.Loss}. MSE and MAE are sums over the pixels of a frame, SSIM and PSNR means over "
                + $"frames. The test is the last fifth; training and validation share no frame with it, nor with each other.")
            .Table(VideoReport.Columns, result.Rows.Select(r => VideoReport.Cells(r, width * height)));
        return VideoReport.Pictures(report, result, width, Math.Max(1, 160 / width));
    }
}
