using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Model.Kernels;
using ConvLstm.Nowcast.Model.Networks;

namespace ConvLstm.Nowcast.Model.Training;

/// <summary>
/// One situation to train the ConvLSTM of a <see cref="CascadeNetwork"/> on: its scans, and pixels that say what came of them.
/// </summary>
/// <param name="Pixels">The pixels.</param>
/// <param name="Minutes">(pixels): the lead of each.</param>
/// <param name="Places">(pixels, 2): where each is among the cells of <paramref name="Coarse"/>.</param>
/// <param name="Coarse">(T, <see cref="CascadeFields.CoarseChannels"/>, h, w).</param>
/// <param name="StepMinutes">Between two scans.</param>
/// <param name="Share">How much it counts among all.</param>
public sealed record CascadeSituation(CascadePixels Pixels, Tensor Minutes, Tensor Places, Tensor Coarse, double StepMinutes, double Share);

/// <summary>
/// Trains the ConvLSTM of a cascade network, with the head held fast: what it adds is then its own. A step is a few situations; in each
/// the images are turned by one of the eight symmetries of the square.
/// </summary>
public static class MemoryTraining
{
    private const int SituationsOfStep = 4;
    private const double LongestGradient = 1.0;

    /// <param name="network">Changed in place; keeps the weights of the best validation, where there is one.</param>
    /// <param name="learned">To learn from.</param>
    /// <param name="chosen">To choose by; empty to take the weights at the end.</param>
    /// <param name="rates">The thresholds, mm/h.</param>
    /// <param name="options">Steps (<see cref="TrainingOptions.PixelSteps"/>), rate, seed and, where there is one, the budget.</param>
    /// <param name="time">Measures the budget.</param>
    /// <param name="progress">Told the steps done and the loss of the last one.</param>
    /// <param name="cancellation">Stops after the step at hand.</param>
    /// <returns>The loss on what chooses (else on what was learned from) before and after.</returns>
    public static (double Before, double After) Run(
        CascadeNetwork network, IReadOnlyList<CascadeSituation> learned, IReadOnlyList<CascadeSituation> chosen, IReadOnlyList<float> rates,
        TrainingOptions options, TimeProvider time, Action<int, double> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(learned);
        ArgumentNullException.ThrowIfNull(chosen);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(progress);
        var started = time.GetTimestamp();
        var judged = chosen.Count > 0 ? chosen : learned;
        var before = Loss(network, judged, rates);
        var random = new Random(unchecked((int)options.Seed));
        var shares = learned.Select(s => s.Share).ToArray();
        using var kept = new Weights(network);
        using var optimizer = Optimizers.Named(Optimizers.Adam, network.MemoryParameters, options.LearningRate);
        var schedule = Schedules.Named(Schedules.Cosine);
        for (var step = 0; Fraction(step) < 1; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            foreach (var group in optimizer.ParamGroups)
                group.LearningRate = options.LearningRate * schedule(step, Fraction(step));
            optimizer.zero_grad();
            var loss = 0.0;
            for (var i = 0; i < SituationsOfStep; i++)
            {
                using var inner = NewDisposeScope();
                var one = Loss(network, learned[Drawn(shares, random)], rates, random.Next(8)) / SituationsOfStep;
                Backpropagation.Run(one);
                loss += one.item<float>();
            }
            if (!double.IsFinite(loss))
                throw new ReportedException(
                    $"The training of the ConvLSTM diverged in step {step + 1}. Lower --learning-rate (now {options.LearningRate}).");
            nn.utils.clip_grad_norm_(network.MemoryParameters, LongestGradient);
            optimizer.step();
            progress(step + 1, loss);
        }
        var after = Loss(network, judged, rates);
        if (chosen.Count > 0 && after >= before)
            kept.Restore();
        return (before, after);

        double Fraction(int step) =>
            Math.Max((double)step / options.PixelSteps, options.Budget is TimeSpan budget ? time.GetElapsedTime(started) / budget : 0);
    }

    /// <summary>The mean over situations by their shares.</summary>
    internal static double Loss(CascadeNetwork network, IReadOnlyList<CascadeSituation> situations, IReadOnlyList<float> rates)
    {
        using var frozen = no_grad();
        var sum = 0.0;
        foreach (var one in situations)
        {
            using var scope = NewDisposeScope();
            sum += one.Share * Loss(network, one, rates, 0).item<float>();
        }
        return sum / situations.Sum(s => s.Share);
    }

    private static Tensor Loss(CascadeNetwork network, CascadeSituation one, IReadOnlyList<float> rates, int symmetry)
    {
        var (scans, places) = Turned(one, symmetry);
        var all = one.Minutes.ToFloats();
        double[] minutes = [.. all.Distinct().Select(m => (double)m)];
        var memory = network.Memory.Of(scans, one.StepMinutes, minutes);
        var parts = new List<Tensor>();
        var from = 0;
        // The pixels of a lead stand together.
        for (var lead = 0; lead < minutes.Length; lead++)
        {
            var count = Array.LastIndexOf(all, (float)minutes[lead]) + 1 - from;
            parts.Add(CascadeMemory.At(memory.narrow(0, lead, 1), places.narrow(0, from, count)));
            from += count;
        }
        var fields = one.Pixels.Fields;
        var logOdds = network.LogOdds(
            network.Still(fields.narrow(1, 0, CascadeFields.StaticChannels)), fields.narrow(1, CascadeFields.Expected, 2),
            fields.narrow(1, CascadeFields.Spread, CascadeFields.Scalars), cat(parts, 0));
        return CascadeTraining.Loss(logOdds, one.Pixels, rates);
    }

    private static (Tensor Scans, Tensor Places) Turned(CascadeSituation one, int symmetry)
    {
        var (scans, x, y) = (one.Coarse, one.Places.narrow(1, 0, 1), one.Places.narrow(1, 1, 1));
        if ((symmetry & 1) != 0)
            (scans, y) = (scans.flip(2), (y * -1) + (scans.shape[2] - 1));
        if ((symmetry & 2) != 0)
            (scans, x) = (scans.flip(3), (x * -1) + (scans.shape[3] - 1));
        if ((symmetry & 4) != 0)
            (scans, x, y) = (scans.transpose(2, 3).contiguous(), y, x);
        return (scans, cat([x, y], 1));
    }

    private static int Drawn(double[] shares, Random random)
    {
        var at = random.NextDouble() * shares.Sum();
        var i = 0;
        for (; i < shares.Length - 1 && at >= shares[i]; i++)
            at -= shares[i];
        return i;
    }
}
