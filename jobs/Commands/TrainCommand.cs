using System.CommandLine;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Sequences;
using ConvLstm.Nowcast.Model;
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

    internal static Command Create(Terminal terminal)
    {
        var (network, windows, training) = (new NetworkOptions(), new WindowOptions(), new TrainingOptions());
        var data = new Option<string[]>("--data") { Description = "Radar files, folders or patterns.", Required = true, AllowMultipleArgumentsPerToken = true };
        var outFile = new Option<string>("--out") { Description = "The checkpoint to write (.safetensors).", Required = true };
        var name = new Option<string>("--network") { Description = $"One of {string.Join(", ", NetworkRegistry.Names)}.", DefaultValueFactory = _ => network.Network };
        var epochs = new Option<int?>("--epochs") { Description = "Stop after this many epochs." };
        var minutes = new Option<double?>("--minutes") { Description = "Stop after this many minutes." };
        var init = new Option<string?>("--init") { Description = "Go on from this checkpoint." };
        var seed = new Option<long>("--seed") { Description = "The same seed gives the same training on the same machine.", DefaultValueFactory = _ => training.Seed };
        var device = new Option<string>("--device") { Description = "cpu, cuda or auto.", DefaultValueFactory = _ => "auto" };
        var hidden = new Option<int[]>("--hidden") { Description = "Channels of each layer.", DefaultValueFactory = _ => [.. network.Hidden], AllowMultipleArgumentsPerToken = true };
        var kernel = new Option<int>("--kernel") { Description = "Side of the kernels, odd.", DefaultValueFactory = _ => network.Kernel };
        var patch = new Option<int>("--patch") { Description = "Pixels folded into channels, a side.", DefaultValueFactory = _ => network.Patch };
        var peepholes = new Option<bool>("--peepholes") { Description = "Let the gates see the cell state." };
        var past = new Option<int>("--past") { Description = "Scans that the network reads.", DefaultValueFactory = _ => windows.Past };
        var future = new Option<int?>("--future") { Description = "Frames that it learns to predict; an hour of them where not given." };
        var crop = new Option<int>("--crop") { Description = "Side of the squares it learns on, in pixels.", DefaultValueFactory = _ => windows.Crop };
        var batch = new Option<int>("--batch") { Description = "Windows a step.", DefaultValueFactory = _ => training.BatchSize };
        var rate = new Option<double>("--learning-rate") { Description = "Of Adam, after the warm-up.", DefaultValueFactory = _ => training.LearningRate };
        var loss = new Option<string>("--loss") { Description = $"One of {string.Join(", ", Losses.Names)}.", DefaultValueFactory = _ => training.Loss };
        var leads = new Option<int?>("--leads-per-step") { Description = "Leads drawn for each step; all where not given." };
        var command = new Command("train", "Train a network on radar files.")
        {
            data, outFile, name, epochs, minutes, init, seed, device, hidden, kernel, patch, peepholes, past, future, crop, batch, rate, loss, leads,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var path = parsed.GetRequiredValue(outFile);
            RequireFolderOf(path);
            var series = Archives.Open(terminal, parsed.GetRequiredValue(data), cancellation);
            var request = new ModelTrainingRequest
            {
                Series = series,
                Out = path,
                Init = parsed.GetValue(init),
                Network = new()
                {
                    Network = parsed.GetRequiredValue(name),
                    Hidden = parsed.GetRequiredValue(hidden),
                    Kernel = parsed.GetValue(kernel),
                    Patch = parsed.GetValue(patch),
                    Peepholes = parsed.GetValue(peepholes),
                },
                Windows = new() { Past = parsed.GetValue(past), Future = parsed.GetValue(future) ?? UsualFuture(series), Crop = parsed.GetValue(crop) },
                Training = new()
                {
                    Epochs = parsed.GetValue(epochs),
                    Budget = parsed.GetValue(minutes) is double m ? TimeSpan.FromMinutes(m) : null,
                    Seed = parsed.GetValue(seed),
                    Device = Devices.Named(parsed.GetRequiredValue(device)),
                    BatchSize = parsed.GetValue(batch),
                    LearningRate = parsed.GetValue(rate),
                    LeadsPerStep = parsed.GetValue(leads),
                    Loss = parsed.GetRequiredValue(loss),
                },
            };
            var result = await RunAsync(terminal, request, cancellation);
            terminal.Line(FormattableString.Invariant($"trained {result.Steps} steps in {result.Epochs} epochs, {result.Duration.TotalSeconds:0} s; ")
                + FormattableString.Invariant($"validation loss {result.ValidationLoss:0.0000}, extrapolation {result.PersistenceLoss:0.0000}; written to {request.Out}"));
            return CommandLine.Done;
        });
        return command;
    }

    /// <summary>Trains with a progress bar.</summary>
    internal static Task<TrainingResult> RunAsync(Terminal terminal, ModelTrainingRequest request, CancellationToken cancellation) =>
        terminal.ProgressAsync("training", report => Task.Run(
            () => new ModelTraining(TimeProvider.System).Run(
                request, new Reporting(p => report(p.Fraction, FormattableString.Invariant($"epoch {p.Epoch}, loss {p.TrainingLoss:0.0000}, validation {p.ValidationLoss:0.0000}"))), cancellation),
            cancellation));

    private static int UsualFuture(IReadOnlyList<ScanSeries> series) => Math.Clamp((int)(UsualLead / series[0].Step), 1, MostFuture);

    /// <summary>Better said before the training than after it.</summary>
    private static void RequireFolderOf(string path)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (!Directory.Exists(folder))
            throw new ReportedException($"--out {path}: the folder {folder} is not there; make it first.");
    }

    /// <summary>Calls on the training thread, in order; <see cref="Progress{T}"/> would post to others.</summary>
    private sealed class Reporting(Action<TrainingProgress> report) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => report(value);
    }
}
