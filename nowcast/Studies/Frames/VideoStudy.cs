using ConvLstm.Nowcast.Model;
using System.Diagnostics;
using ConvLstm.Nowcast.Model.Networks;
using ConvLstm.Nowcast.Model.Training;
using ConvLstm.Nowcast.Verification;

namespace ConvLstm.Nowcast.Studies.Frames;

/// <summary>What a network made of test videos.</summary>
/// <param name="Network">Its name, or that of the method.</param>
/// <param name="Parameters">Numbers learned.</param>
/// <param name="Seconds">Of training.</param>
/// <param name="Epochs">Begun.</param>
/// <param name="Steps">Done.</param>
/// <param name="Scores">Per pixel; means over frames.</param>
/// <param name="FramesPerSecond">Drawn on this machine, one video at a time; NaN of a method that draws nothing.</param>
public sealed record VideoRow(string Network, long Parameters, double Seconds, int Epochs, int Steps, ImageScores Scores,
    double FramesPerSecond);

/// <summary>What a network drew of the first test video, frame by frame.</summary>
public sealed record VideoPictures(string Network, IReadOnlyList<float[]> Frames);

public sealed record VideoStudyResult(IReadOnlyList<VideoRow> Rows, IReadOnlyList<float[]> Past, IReadOnlyList<float[]> Truth,
    IReadOnlyList<VideoPictures> Drawn);

/// <summary>Several networks under one protocol: the same videos, the same training, the same test.</summary>
public sealed class VideoStudy(VideoWindows windows, IReadOnlyList<float[]> test, TimeProvider time)
{
    private int Pixels => windows.Height * windows.Width;

    /// <param name="networks">What to train.</param>
    /// <param name="training">How.</param>
    /// <param name="progress">Told the part done and what is being done.</param>
    /// <param name="cancellation">Stops between two steps.</param>
    public VideoStudyResult Run(IReadOnlyList<NetworkOptions> networks, TrainingOptions training, Action<double, string> progress,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(networks);
        ArgumentNullException.ThrowIfNull(training);
        ArgumentNullException.ThrowIfNull(progress);
        var first = test[0].Chunk(Pixels).ToArray();
        var rows = new List<VideoRow> { new("persistence", 0, 0, 0, 0, Score([.. test.Select(Persistence)]), double.NaN) };
        var drawn = new List<VideoPictures>();
        for (var i = 0; i < networks.Count; i++)
        {
            using var scope = NewDisposeScope();
            manual_seed(training.Seed);
            using var network = NetworkRegistry.Create(networks[i]);
            var (at, name) = (i, networks[i].Network);
            var report = new TrainingReport(p => progress((at + (0.9 * p.Fraction)) / networks.Count,
                FormattableString.Invariant($"{name}, epoch {p.Epoch}, loss {p.TrainingLoss:0.0000}")));
            var result = new Trainer(training, time, report).Train(network, windows, Losses.Named(training.Loss, r => r), cancellation);
            network.eval();
            var watch = Stopwatch.StartNew();
            var all = test.Select(video =>
            {
                cancellation.ThrowIfCancellationRequested();
                return Frames(network, video);
            }).ToList();
            var speed = test.Count * (first.Length - windows.Past) / watch.Elapsed.TotalSeconds;
            rows.Add(new(
                name, network.parameters().Sum(p => p.numel()), result.Duration.TotalSeconds, result.Epochs, result.Steps, Score(all),
                    speed));
            drawn.Add(new(name, all[0]));
        }
        return new(rows, first[..windows.Past], first[windows.Past..], drawn);
    }

    private ImageScores Score(List<float[][]> said)
    {
        var quality = ImageQuality.Init();
        for (var i = 0; i < test.Count; i++)
        {
            var future = test[i].Chunk(Pixels).Skip(windows.Past).ToArray();
            for (var t = 0; t < future.Length; t++)
                quality.Accumulate(windows.Width, said[i][t], future[t]);
        }
        return quality.Compute();
    }

    private float[][] Persistence(float[] video)
    {
        var frames = video.Chunk(Pixels).ToArray();
        return [.. Enumerable.Repeat(frames[windows.Past - 1], frames.Length - windows.Past)];
    }

    private float[][] Frames(RainNetwork network, float[] video)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        var window = windows.Frames([video]);
        var future = (int)window.shape[1] - windows.Past;
        return [.. network.call(window.narrow(1, 0, windows.Past), LeadTimes.Every(future, 1)).clamp(0, 1).ToFloats().Chunk(Pixels)];
    }
}
