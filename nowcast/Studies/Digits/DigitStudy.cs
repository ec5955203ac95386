using System.Text.Json;
using ConvLstm.Nowcast.Model.Checkpoints;
using ConvLstm.Nowcast.Model.Networks;
using ConvLstm.Nowcast.Studies.Search;

namespace ConvLstm.Nowcast.Studies.Digits;

/// <summary>
/// The image-sequence study of Williams 2025: a random search over ConvLSTM networks that draw the next frame of a moving digit, the best
/// of them on digits never seen, on spoiled frames, and as an interpolator. The best is the one with the least validation loss, so N3 has
/// no say in the choice.
/// </summary>
/// <param name="options">How large.</param>
/// <param name="digits">What is moved.</param>
/// <param name="folder">Of the trials.</param>
/// <param name="time">What the seconds of a trial are measured by, see <see cref="ProcessorTime"/>.</param>
public sealed class DigitStudy(DigitStudyOptions options, IDigits digits, string folder, TimeProvider time)
{
    private const int Seen = 6, Unseen = 3;

    /// <summary>Pictures of each kind.</summary>
    private const int Shown = 6;

    private readonly SuccessiveHalving<DigitTrial> _search = new(
        folder, Settings(options, digits), Rungs.For(options.Trials),
            t => t.Outcome == DigitTrial.Trained ? t.ValidationLoss : double.PositiveInfinity);

    private readonly DigitSequences _n6 = DigitSequences.Make(digits, Seen, options.N6, options.Motion, options.Seed);
    private readonly DigitSequences _n3 = DigitSequences.Make(digits, Unseen, options.N3, options.Motion, options.Seed + 1);

    /// <summary>Where the weights of a trial are.</summary>
    public string WeightsOf(DigitTrial trial) => _search.WeightsOf(trial.Number, trial.Rung);

    /// <param name="progress">Told the part done and what is being done.</param>
    /// <param name="cancellation">Stops between two steps; trials that are done stay.</param>
    public DigitStudyResult Run(Action<double, string> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(progress);
        var (data, unseen) = (new DigitData(_n6, options.Motion), new DigitData(_n3, options.Motion));
        var extrapolating = new DigitTraining(options, digits.Source, DigitTask.Extrapolation, data, unseen, time);
        var trials = _search.Run(options.Trials, climb => extrapolating.Run(climb, cancellation),
            (part, what) => progress(0.8 * part, what), cancellation).Values.ToList();
        var best = trials.Where(t => t.Outcome == DigitTrial.Trained).MinBy(t => t.ValidationLoss);
        var result = new DigitStudyResult(
            digits.Source, data.Removed, Rungs.For(options.Trials), trials, best, Extrapolation(data, unseen), Interpolation(data, unseen),
                [], [], [], options.Motion.Side);
        if (best is null)
            return result;

        using var scope = NewDisposeScope();
        progress(0.8, "noise curves");
        using var checkpoint = Checkpoint.Load(WeightsOf(best), CPU);
        var asked = unseen.HeldOut(DigitTask.Extrapolation);
        var curves = NoiseCurves.Of(
            checkpoint.Network, [.. asked.Take(options.NoisyFrames)], options.Motion.Side, options.Intensities, cancellation,
                part => progress(0.8 + (0.1 * part), "noise curves"));
        progress(0.9, "interpolation with the best choice");
        using var interpolator = Interpolator(best, data, unseen, cancellation);
        return result with
        {
            Extrapolation = [.. result.Extrapolation,
                .. Learned($"best ConvLSTM (trial {best.Number})", checkpoint.Network, DigitTask.Extrapolation)],
            Interpolation = [.. result.Interpolation,
                .. Learned($"ConvLSTM, {best.Choice.Layers} × {best.Choice.Kernels}", interpolator.Network, DigitTask.Interpolation)],
            Curves = curves,
            // Frames 4 and 16 alternate: one of each sequence.
            Examples = Examples(checkpoint.Network, [.. asked.Where((_, i) => i % 2 == 1).Take(Shown)]),
            Interpolated = Examples(interpolator.Network, [.. unseen.HeldOut(DigitTask.Interpolation).Take(Shown)]),
        };

        DigitRow[] Learned(string method, RainNetwork network, DigitTask task) =>
        [
            Row(method, t => FramePredictor.Draw(network, t, options.Motion.Side, cancellation), data, unseen, task),
            Row($"{method}, eight views", t => EightViews.Draw(network, t, options.Motion.Side, cancellation), data, unseen, task),
        ];

        List<DrawnTriple> Examples(RainNetwork network, IReadOnlyList<FrameTriple> shown) =>
            [.. shown.Zip(FramePredictor.Draw(network, shown, options.Motion.Side, cancellation), (t, d) => new DrawnTriple(t, d))];
    }

    /// <summary>What all trials of a folder must share.</summary>
    private static string Settings(DigitStudyOptions options, IDigits digits) =>
        JsonSerializer.Serialize(new
        {
            options.N6, options.N3, options.SecondsPerTrial, options.Space, options.Motion, options.Seed,
            digits.Source, DigitData.MostDeviations, DigitData.MostValidating, Symmetries = SquareSymmetry.Count
        });

    /// <summary>
    /// The network of the best choice, trained on the frame in the middle for as long as the rung below its last takes, or what an
    /// earlier run made of it.
    /// </summary>
    private Checkpoint Interpolator(DigitTrial best, DigitData data, DigitData unseen, CancellationToken cancellation)
    {
        var made = new TrialFolder<DigitTrial>(Path.Combine(folder, "interpolation"), Settings(options, digits));
        var weights = made.FileOf(best.Number, ".safetensors");
        var interpolating = new DigitTraining(options, digits.Source, DigitTask.Interpolation, data, unseen, time);
        made.Complete([best.Number], number =>
            interpolating.Run(new(number, Math.Max(1, best.Rung - 1), weights, null, null), cancellation), (_, _) => { }, cancellation);
        return Checkpoint.Load(weights, CPU);
    }

    private List<DigitRow> Extrapolation(DigitData data, DigitData unseen) =>
    [
        Row("persistence", FramePredictor.Persistence, data, unseen, DigitTask.Extrapolation),
        Row("linear extrapolation", FramePredictor.Extrapolated, data, unseen, DigitTask.Extrapolation),
        new("the least possible", Least(Seen, options.N6, options.Seed, data), Least(Unseen, options.N3, options.Seed + 1, unseen)),
    ];

    private static List<DigitRow> Interpolation(DigitData data, DigitData unseen) =>
    [
        Row("linear blending", FramePredictor.Blended, data, unseen, DigitTask.Interpolation),
        Row("the later frame", FramePredictor.Persistence, data, unseen, DigitTask.Interpolation),
    ];

    private static DigitRow Row(string method, Func<IReadOnlyList<FrameTriple>, IReadOnlyList<float[]>> draw, DigitData data,
        DigitData unseen, DigitTask task)
    {
        var (seen, held) = (data.HeldOut(task), unseen.HeldOut(task));
        return new(method, FramePredictor.Error(draw(seen), seen), FramePredictor.Error(draw(held), held));
    }

    private double Least(int digit, int count, int seed, DigitData data) => FramePredictor.Error(
        [.. Enumerable.Range(0, count)
            .SelectMany(s => DigitData.HeldOutFrames.Select(t => PerfectForecast.Of(digits, digit, options.Motion, seed, s, t)))],
        data.HeldOut(DigitTask.Extrapolation));
}
