using ConvLstm.Nowcast.Ingest.Quality;
using MathNet.Numerics.Statistics;

namespace ConvLstm.Nowcast.Studies.Digits;

/// <summary>What a network learns of a sequence.</summary>
public enum DigitTask
{
    /// <summary>The frame after two.</summary>
    Extrapolation,

    /// <summary>The frame between two.</summary>
    Interpolation,
}

/// <summary>
/// The pre-processing of the image-sequence study: sequences with a transition farther out than three standard deviations are removed, the
/// targets are denoised, both or neither; frames 4 and 16 are never trained on.
/// </summary>
public sealed class DigitData
{
    public const string Base = "base", Denoised = "denoised", Filtered = "filtered", Both = "both";

    // Counted from 0.
    private const int FirstHeldOut = 3, LastHeldOut = 15;
    private const double ValidationShare = 0.1;
    internal const int MostValidating = 400;

    /// <summary>
    /// How many of their own standard deviations a transition's distance may lie above the mean of all. The probability under a Gaussian
    /// is no limit here: turns and shifts have heavier tails, and two fifths of the sequences would be unusual.
    /// </summary>
    internal const double MostDeviations = 3;

    private const int UsualTransitions = 300;

    // Squares of the strength of the noise and a fifth more; a smaller search than usual, as there are thousands of small frames.
    private const double StrengthOfNoise = 1.2;
    private const int PatchSide = 7, SearchSide = 13;

    private readonly DigitSequences _sequences;
    private readonly Lazy<bool[]> _unusual;
    private readonly Lazy<Dictionary<(int, int), float[]>> _denoised;

    public DigitData(DigitSequences sequences, DigitMotion motion)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        ArgumentNullException.ThrowIfNull(motion);
        _sequences = sequences;
        _unusual = new(() => Unusual(sequences));
        _denoised = new(() => DenoisedTargets(sequences,
            new NonLocalMeans(Math.Max(1e-3, StrengthOfNoise * motion.Noise), PatchSide, SearchSide)));
    }

    /// <summary>Counted from 0.</summary>
    public static IReadOnlyList<int> HeldOutFrames { get; } = [FirstHeldOut, LastHeldOut];

    public static IReadOnlyList<string> Names { get; } = [Base, Denoised, Filtered, Both];

    /// <summary>Sequences with an unusual transition.</summary>
    public int Removed => _unusual.Value.Count(u => u);

    /// <summary>The frames that are trained and validated on, of one of the four datasets.</summary>
    public FrameTriples Training(string dataset, DigitTask task)
    {
        var validating = Math.Max(1, (int)(_sequences.Frames.Count * ValidationShare));
        var keeps = Enumerable.Range(0, _sequences.Frames.Count).Where(s => dataset is Base or Denoised || !_unusual.Value[s]).ToList();
        var training = keeps.Where(s => s >= validating)
            .SelectMany(s => Learned.Select(t => Triple(s, t, task, dataset is Denoised or Both))).ToList();
        // The same for all datasets, or those without the difficult sequences would look better than they are.
        var rest = Enumerable.Range(0, validating).SelectMany(s => Learned.Select(t => Triple(s, t, task, false))).ToList();
        return new(training, [.. Enumerable.Range(0, Math.Min(rest.Count, MostValidating))
            .Select(i => rest[i * rest.Count / Math.Min(rest.Count, MostValidating)])], _sequences.Side);
    }

    /// <summary>The frames held out, as they were seen.</summary>
    public IReadOnlyList<FrameTriple> HeldOut(DigitTask task) =>
    [
        .. Enumerable.Range(0, _sequences.Frames.Count).SelectMany(s =>
            HeldOutFrames.Take(task == DigitTask.Interpolation ? 1 : HeldOutFrames.Count).Select(t => HeldOut(s, t, task))),
    ];

    /// <summary>The last frames of the runs of three that touch no frame held out.</summary>
    private IEnumerable<int> Learned => Enumerable.Range(2, _sequences.Frames[0].Length - 2)
        .Where(t => !Enumerable.Range(t - 2, 3).Any(i => i is FirstHeldOut or LastHeldOut));

    private FrameTriple HeldOut(int sequence, int frame, DigitTask task)
    {
        var frames = _sequences.Frames[sequence];
        return task == DigitTask.Interpolation ? new(frames[frame - 1], frames[frame + 1], frames[frame])
            : new(frames[frame - 2], frames[frame - 1], frames[frame]);
    }

    private FrameTriple Triple(int sequence, int last, DigitTask task, bool denoise)
    {
        var frames = _sequences.Frames[sequence];
        var target = task == DigitTask.Interpolation ? last - 1 : last;
        var drawn = denoise ? _denoised.Value[(sequence, target)] : frames[target];
        return task == DigitTask.Interpolation ? new(frames[last - 2], frames[last], drawn)
            : new(frames[last - 2], frames[last - 1], drawn);
    }

    private static bool[] Unusual(DigitSequences sequences)
    {
        var transitions = sequences.Frames.SelectMany((frames, s) => Enumerable.Range(1, frames.Length - 1)
            .Select(t => (Sequence: s, Difference: Difference(frames[t - 1], frames[t])))).ToList();
        var count = Math.Min(UsualTransitions, transitions.Count);
        var usual = TransitionGaussian.Fit(
            [.. Enumerable.Range(0, count).Select(i => transitions[(int)((long)i * transitions.Count / count)].Difference)]);
        var distances = transitions.ConvertAll(t => usual.Distance(t.Difference));
        var (mean, deviation) = (Statistics.Mean(distances), Statistics.StandardDeviation(distances));
        var found = new bool[sequences.Frames.Count];
        for (var i = 0; i < transitions.Count; i++)
            found[transitions[i].Sequence] |= distances[i] > mean + (MostDeviations * deviation);
        return found;
    }

    private static double[] Difference(float[] before, float[] after)
    {
        var difference = new double[before.Length];
        for (var i = 0; i < difference.Length; i++)
            difference[i] = after[i] - before[i];
        return difference;
    }

    private Dictionary<(int, int), float[]> DenoisedTargets(DigitSequences all, NonLocalMeans means)
    {
        // Targets of both tasks.
        var targets = Learned.SelectMany(t => new[] { t - 1, t }).Distinct().ToArray();
        return all.Frames.SelectMany((_, s) => targets.Select(t => (s, t))).AsParallel()
            .Select(at => (at, Frame: means.Denoise(all.Side, all.Frames[at.s][at.t]))).ToDictionary(p => p.at, p => p.Frame);
    }
}
