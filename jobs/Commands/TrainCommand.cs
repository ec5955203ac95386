using System.CommandLine;
using System.Globalization;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Formats.Sources;
using ConvLstm.Nowcast.Ingest.Sequences;
using ConvLstm.Nowcast.Jobs.Feed;
using ConvLstm.Nowcast.Model;
using ConvLstm.Nowcast.Model.Checkpoints;
using ConvLstm.Nowcast.Model.Networks;
using ConvLstm.Nowcast.Model.Training;
using ConvLstm.Nowcast.MovingFrame;
using ConvLstm.Nowcast.Training;

namespace ConvLstm.Nowcast.Jobs.Commands;

/// <summary><c>nowcast train</c>: an archive of radar files to a checkpoint.</summary>
internal static class TrainCommand
{
    private static readonly TimeSpan UsualLead = TimeSpan.FromMinutes(60);
    private const int MostFuture = 12;
    private static readonly double[] TrainedScales = [1, 0.7, 0.5];
    private const int UsualMinutes = 10;
    private const int UsualSiteStride = 3;
    private const int UsualPixelWindows = 600;

    internal static Command Create(Terminal terminal, DecodedFiles files)
    {
        var (network, windows, training) = (new NetworkOptions(), new WindowOptions(), new TrainingOptions());
        var data = new Option<string[]>("--data")
        {
            Description = "Radar files, folders or patterns.", Required = true, AllowMultipleArgumentsPerToken = true,
        };
        var outFile = new Option<string>("--out") { Description = "The checkpoint to write (.safetensors).", Required = true };
        var name = Flags.Choice("--network", "The network", LagrangianNetwork.Name, [.. NetworkRegistry.Names, CascadeNetwork.Name]);
        var epochs = Flags.Optional("--epochs", "Stop after this many epochs.", 1, 1_000_000);
        var minutes = Flags.Optional("--minutes", $"Stop after this many minutes; {UsualMinutes} where neither these nor epochs are given.",
            0.01, 100_000);
        var init = new Option<string?>("--init") { Description = "Go on from this checkpoint." };
        var resume = new Option<bool>("--resume")
        {
            Description = "Go on with the training that was stopped and left its best weights in --out, with the same flags.",
        };
        var seed = Flags.Number("--seed", "The same seed gives the same training on the same machine.", training.Seed, 0, long.MaxValue);
        var device = Flags.Device();
        var hidden = Flags.Numbers("--hidden", "Channels of each layer.", network.Hidden, 1, 4096);
        var kernel = Flags.Number("--kernel", "Side of the kernels, odd.", network.Kernel, 1, 31);
        var patch = Flags.Number("--patch", "Pixels folded into channels, a side.", network.Patch, 1, 32);
        var peepholes = new Option<bool>("--peepholes") { Description = "Let the gates see the cell state." };
        var past = Flags.Number("--past", "Scans that the network reads.", windows.Past, 2, 100);
        var future = Flags.Optional("--future", "Frames that it learns to predict; an hour of them where not given.", 1, 1000);
        var crop = Flags.Number("--crop", "Side of the squares it learns on, in pixels.", windows.Crop, 16, 4096);
        var batch = Flags.Number("--batch", "Windows a step.", training.BatchSize, 1, 1024);
        var rate = Flags.Number("--learning-rate", "Of Adam, after the warm-up.", training.LearningRate, 1e-9, 1e9);
        var loss = Flags.Choice("--loss", "What is made small", training.Loss, Losses.Names);
        var leads = Flags.Optional("--leads-per-step", "Leads drawn for each step; all where not given.", 1, 1000);
        var sites = Flags.Number("--site-stride", "Learn from every nth pixel of every nth row, where the network can.", UsualSiteStride, 1,
            64);
        var pixelWindows = Flags.Number("--pixel-windows",
            "Windows to draw pixels from, on which the head of a lagrangian network is trained first; 0 for none.", UsualPixelWindows, 0,
            1_000_000);
        var pixelSteps = Flags.Number("--pixel-steps", "Steps of that.", training.PixelSteps, 1, 1_000_000);
        var source = SourceFlags.Profiles();
        var command = new Command("train", "Train a network on radar files.")
        {
            data, outFile, name, epochs, minutes, init, resume, seed, device, hidden, kernel, patch, peepholes, past, future, crop, batch,
            rate,
                loss, leads, sites, pixelWindows, pixelSteps, source,
        };
        command.Validators.Add(result =>
        {
            if (result.GetResult(init) is not null && result.GetResult(resume) is not null)
                result.AddError("--init begins a training and --resume goes on with one: give one of them.");
        });
        command.SetAction(async (parsed, cancellation) =>
        {
            if (parsed.GetRequiredValue(name) == ConvLstmInterpolator.Name)
                throw new ReportedException(
                    $"--network {ConvLstmInterpolator.Name} fills gaps and is trained by 'nowcast study interpolation': name another.");
            var path = parsed.GetRequiredValue(outFile);
            OutputFile.Require("--out", path);
            var stopped = parsed.GetValue(resume) ? Stopped(path) : null;
            var series = Archives.Open(terminal, files, parsed.GetRequiredValue(data), cancellation,
                RadarSources.Load(parsed.GetValue(source) ?? []));
            var request = new ModelTrainingRequest
            {
                Series = series,
                Out = path,
                Init = stopped is null ? parsed.GetValue(init) : path,
                Stopped = stopped,
                Network = new()
                {
                    Network = parsed.GetRequiredValue(name),
                    Hidden = parsed.GetRequiredValue(hidden),
                    Kernel = parsed.GetValue(kernel),
                    Patch = parsed.GetValue(patch),
                    Peepholes = parsed.GetValue(peepholes),
                    Frames = parsed.GetValue(past),
                },
                Windows = new()
                {
                    Past = parsed.GetValue(past), Future = parsed.GetValue(future) ?? UsualFuture(series), Crop = parsed.GetValue(crop),
                    Scales = TrainedScales,
                },
                Training = new()
                {
                    Epochs = parsed.GetValue(epochs),
                    KeepsWhenStopped = true,
                    Budget = Budget(parsed.GetValue(epochs), parsed.GetValue(minutes)),
                    Seed = parsed.GetValue(seed),
                    Device = Devices.Named(parsed.GetRequiredValue(device)),
                    BatchSize = parsed.GetValue(batch),
                    LearningRate = parsed.GetValue(rate),
                    LeadsPerStep = parsed.GetValue(leads),
                    SiteStride = parsed.GetValue(sites),
                    PixelWindows = parsed.GetValue(pixelWindows),
                    PixelSteps = parsed.GetValue(pixelSteps),
                    Loss = parsed.GetRequiredValue(loss),
                },
            };
            var result = await RunAsync(terminal, request, cancellation);
            if (result.Stopped is not null)
            {
                terminal.Error(string.Create(CultureInfo.InvariantCulture,
                    $"stopped before the end: the best weights so far (epoch {result.Epochs}, validation loss "
                    + $"{result.ValidationLoss:0.0000}) are in {path}; the same line with --resume goes on."));
                return CommandLine.Failed;
            }
            terminal.Line(string.Create(CultureInfo.InvariantCulture,
                $"trained {result.Steps} steps in {result.Epochs} epochs, {result.Duration.TotalSeconds:0} s; ")
                + string.Create(CultureInfo.InvariantCulture,
                    $"validation loss {result.ValidationLoss:0.0000}, extrapolation {result.PersistenceLoss:0.0000}; written to "
                    + $"{request.Out}"));
            return CommandLine.Done;
        });
        return command;
    }

    /// <summary>Trains with a bar for each phase.</summary>
    internal static Task<TrainingResult> RunAsync(Terminal terminal, ModelTrainingRequest request, CancellationToken cancellation) =>
        terminal.PhasesAsync(report => Task.Run(
            () => new ModelTraining(TimeProvider.System).Run(
                request, new Reporting(p => Show(terminal, report, p)), cancellation),
            cancellation));

    private static void Show(Terminal terminal, Action<string, double, string> report, TrainingProgress p)
    {
        if (p.Notice is string notice)
            terminal.Error(notice);
        report(p.Phase, p.PhaseFraction, string.Join(", ", new[]
        {
            p.Phase, p.Epoch > 0 ? $"epoch {p.Epoch}" : null,
            double.IsFinite(p.TrainingLoss) ? FormattableString.Invariant($"loss {p.TrainingLoss:0.0000}") : null,
            p.ValidationLoss is double validation ? FormattableString.Invariant($"validation {validation:0.0000}") : null,
        }.Where(part => part is not null)));
    }

    /// <summary>The training that left a checkpoint.</summary>
    /// <exception cref="ReportedException">There is none, it came to its end, or the two files are not of one moment.</exception>
    private static StoppedTraining Stopped(string path)
    {
        if (!File.Exists(path))
            throw new ReportedException($"--resume: --out {path} is not there; leave --resume out to begin.");
        using var checkpoint = Checkpoint.Load(path, CPU);
        if (!(checkpoint.Metadata.Training.TryGetValue(ModelTraining.Done, out var text)
            && double.TryParse(text, CultureInfo.InvariantCulture, out var done) && done < 1))
            throw new ReportedException(
                $"--resume: the training of {path} came to its end; give it to --init with another --out to train further.");
        var stopped = StoppedTraining.Load(path + StoppedTraining.Ending);
        if (checkpoint.Metadata.Training.GetValueOrDefault("steps") != stopped.State.Step.ToString(CultureInfo.InvariantCulture))
            throw new ReportedException(
                $"--resume: {path}{StoppedTraining.Ending} is of another training than {path}; give {path} to --init with another "
                    + "--out.");
        return stopped;
    }

    private static int UsualFuture(IReadOnlyList<ScanSeries> series) => Math.Clamp((int)(UsualLead / series[0].Step), 1, MostFuture);

    /// <summary>A training without an end would need a person to end it.</summary>
    private static TimeSpan? Budget(int? epochs, double? minutes) =>
        minutes is double given ? TimeSpan.FromMinutes(given) : epochs is null ? TimeSpan.FromMinutes(UsualMinutes) : null;

    /// <summary>Calls on the training thread, in order; <see cref="Progress{T}"/> would post to others.</summary>
    private sealed class Reporting(Action<TrainingProgress> report) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => report(value);
    }
}
