using System.Globalization;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Sequences;
using ConvLstm.Nowcast.Interpolation;
using ConvLstm.Nowcast.Model;
using ConvLstm.Nowcast.Model.Checkpoints;
using ConvLstm.Nowcast.Model.Networks;
using ConvLstm.Nowcast.Model.Training;
using ConvLstm.Nowcast.Verification;

namespace ConvLstm.Nowcast.Studies.Radar;

/// <summary>Errors of filled scans in mm/h, over pixels that all methods know.</summary>
public sealed record GapRow(string Method, double Mae, double Rmse, double Correlation);

/// <param name="Rows">Linear blending, motion-compensated interpolation, the network.</param>
/// <param name="Gaps">Made and filled.</param>
/// <param name="Better">Gaps in which the network's MAE is below that of motion-compensated interpolation.</param>
/// <param name="Width">Of the pictures.</param>
/// <param name="Pictures">A missing scan, and what each method made of it, in mm/h.</param>
public sealed record InterpolationStudyResult(IReadOnlyList<GapRow> Rows, int Gaps, int Better, int Width,
    IReadOnlyList<(string Name, float[] Rain)> Pictures);

/// <summary>Trains an interpolator, makes gaps in scans that it has not seen, fills them and compares.</summary>
public sealed class InterpolationStudy(GapOptions options, TimeProvider time)
{
    public const string Blending = "linear blending", Motion = "motion-compensated", Network = "convlstm-interpolator";

    /// <summary>From an archive to a checkpoint.</summary>
    public TrainingResult Train(
        IReadOnlyList<ScanSeries> series, NetworkOptions network, TrainingOptions training, string file, Action<double, string> progress,
            CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(series);
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(training);
        ArgumentNullException.ThrowIfNull(progress);
        using var scope = NewDisposeScope();
        using var windows = new GapWindows(series, options, part => progress(0.2 * part, "gaps"), cancellation);
        manual_seed(training.Seed);
        using var made = NetworkRegistry.Create(network with { Network = ConvLstmInterpolator.Name, Gap = options.Gap });
        var report = new TrainingReport(p => progress(0.2 + (0.8 * p.Fraction),
            FormattableString.Invariant($"epoch {p.Epoch}, loss {p.TrainingLoss:0.0000}, validation {p.ValidationLoss:0.0000}")));
        var result = new Trainer(training, time, report)
            .Train(made, windows, Losses.Named(training.Loss, rate => options.Normalisation.Apply((float)rate)), cancellation);
        Checkpoint.Save(file, made, new()
        {
            Network = made.Options,
            Normalisation = options.Normalisation.ToMetadata(),
            PastFrames = 2 * options.Side,
            FutureFrames = options.Gap,
            StepMinutes = series[0].Step.TotalMinutes,
            Data = new([.. series.Select(s => s.Grid.Name).Distinct().Order(StringComparer.Ordinal)], series.Min(s => s.Start),
                series.Max(s => s.End), series.Sum(s => s.Scans.Count)),
            Scores = new Dictionary<string, double>
            {
                ["validation_loss"] = result.ValidationLoss, ["motion_compensated_loss"] = result.PersistenceLoss,
            },
            Training = new Dictionary<string, string>
            {
                ["seed"] = training.Seed.ToString(CultureInfo.InvariantCulture), ["loss"] = training.Loss,
                ["steps"] = result.Steps.ToString(CultureInfo.InvariantCulture),
                ["seconds"] = result.Duration.TotalSeconds.ToString("0", CultureInfo.InvariantCulture),
            },
            Program = Checkpoint.ThisProgram,
            Created = time.GetUtcNow(),
        });
        return result;
    }

    /// <summary>Gaps that do not overlap, one after the other.</summary>
    /// <exception cref="ReportedException">The scans are too few for a gap.</exception>
    public static InterpolationStudyResult Compare(IReadOnlyList<ScanSeries> series, Checkpoint checkpoint, int mostGaps,
        Action<double, string> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(series);
        ArgumentNullException.ThrowIfNull(progress);
        var filling = new LearnedGapFilling(checkpoint);
        var (side, gap) = (filling.Side, filling.Gap);
        var places = series.SelectMany(s => Enumerable.Range(0, Math.Max(0, (s.Scans.Count - side) / (side + gap)))
            .Select(i => (Series: s, Start: i * (side + gap)))).Take(mostGaps).ToList();
        if (places.Count == 0)
            throw new ReportedException($"The scans to test on have no {(2 * side) + gap} in a row: give longer sequences.");
        string[] names = [Blending, Motion, Network];
        var all = names.ToDictionary(n => n, _ => ErrorStatistics.Init());
        var (better, pictures, width) = (0, new List<(string, float[])>(), 0);
        foreach (var (done, (one, start)) in places.Index())
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var frames = one.Load(start, (2 * side) + gap, null, cancellation).Frames;
            var rain = stack(frames.Select(f => tensor(f.RainRate, [f.Grid.Height, f.Grid.Width])));
            var known = cat([rain.narrow(0, 0, side), rain.narrow(0, side + gap, side)], 0);
            var learned = filling.Fill(known);
            var here = names.ToDictionary(n => n, _ => ErrorStatistics.Init());
            for (var missing = 1; missing <= gap; missing++)
            {
                var fraction = (double)missing / (gap + 1);
                Tensor[] said = [(known[side - 1] * (1 - fraction)) + (known[side] * fraction),
                    MotionGapFilling.Between(known[side - 1], known[side], fraction), learned[missing - 1]];
                var rates = Array.ConvertAll(said, s => s.ToFloats());
                var truth = frames[side + missing - 1].RainRate;
                var mask = truth.Select((_, i) => rates.All(r => !float.IsNaN(r[i]))).ToArray();
                for (var m = 0; m < names.Length; m++)
                    here[names[m]].Accumulate(rates[m], truth, mask);
                if (done == places.Count / 2 && missing == 1)
                {
                    width = frames[0].Grid.Width;
                    pictures = [("truth", truth), .. names.Zip(rates)];
                }
            }
            better += here[Network].Compute().Mae < here[Motion].Compute().Mae ? 1 : 0;
            foreach (var name in names)
                all[name].Merge(here[name]);
            progress((done + 1.0) / places.Count, $"gap {done + 1} of {places.Count}");
        }
        return new([.. names.Select(n => (n, all[n].Compute()))
            .Select(s => new GapRow(s.n, s.Item2.Mae, s.Item2.Rmse, s.Item2.Correlation))], places.Count, better, width, pictures);
    }
}
