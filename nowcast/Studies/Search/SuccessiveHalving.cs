using System.Globalization;

namespace ConvLstm.Nowcast.Studies.Search;

/// <summary>One rung of a trial to climb.</summary>
/// <param name="Number">Of the trial, from 1.</param>
/// <param name="Rung">From 1.</param>
/// <param name="Weights">The file that its weights are written to.</param>
/// <param name="Before">What it had become at the end of the rung below, null on the first.</param>
/// <param name="WeightsBefore">The file of its weights then.</param>
public sealed record Climb<TTrial>(int Number, int Rung, string Weights, TTrial? Before, string? WeightsBefore)
    where TTrial : class;

/// <summary>The rungs of a search by successive halving.</summary>
public static class Rungs
{
    /// <summary>
    /// One of so many goes on, for as many times as long: each rung costs about the same (η of both papers, which is 3 or 4).
    /// </summary>
    public const int Share = 4;

    /// <summary>Rungs that leave one trial on the last.</summary>
    public static int For(int trials) => 1 + (int)Math.Round(Math.Log(Math.Max(1, trials)) / Math.Log(Share));
}

/// <summary>
/// Successive halving (Jamieson and Talwalkar 2016; a bracket of Hyperband, Li et al. 2018): all trials of a random search train for a
/// short while, the best part of them for longer, until one is left, so that most of the time goes to what is worth it. Each rung is a
/// folder of trials, so a search goes on where it stopped, takes more trials later, and may be run by several processes, which wait for
/// each other at the end of a rung.
/// </summary>
/// <typeparam name="TTrial">What is kept of a trial.</typeparam>
public sealed class SuccessiveHalving<TTrial>
    where TTrial : class
{
    private readonly List<TrialFolder<TTrial>> _rungs;
    private readonly Func<TTrial, double> _loss;

    /// <param name="folder">Of the first rung; the others are folders in it.</param>
    /// <param name="settings">What must be the same for all trials, as text.</param>
    /// <param name="rungs">How many.</param>
    /// <param name="loss">What the best have least of; NaN or infinite for one that shall not go on.</param>
    public SuccessiveHalving(string folder, string settings, int rungs, Func<TTrial, double> loss)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rungs, 1);
        _loss = loss;
        _rungs =
        [
            .. Enumerable.Range(1, rungs).Select(rung =>
                new TrialFolder<TTrial>(rung == 1 ? folder : Path.Combine(folder, $"rung-{rung.ToString(CultureInfo.InvariantCulture)}"),
                    settings)),
        ];
    }

    /// <summary>The file of the weights of a trial at the end of a rung.</summary>
    public string WeightsOf(int number, int rung) => _rungs[rung - 1].FileOf(number, ".safetensors");

    /// <summary>Runs what nobody has run.</summary>
    /// <param name="trials">How many begin.</param>
    /// <param name="run">Trains a trial on one rung.</param>
    /// <param name="progress">Told the part done and what is being done.</param>
    /// <param name="cancellation">Stops between two steps; what is done stays.</param>
    /// <returns>What became of each trial on the highest rung that it reached, by number.</returns>
    public IReadOnlyDictionary<int, TTrial> Run(int trials, Func<Climb<TTrial>, TTrial> run, Action<double, string> progress,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(progress);
        var all = new SortedDictionary<int, TTrial>();
        var climbers = Enumerable.Range(1, trials).ToList();
        for (var rung = 1; rung <= _rungs.Count && climbers.Count > 0; rung++)
        {
            var at = rung;
            var climbed = _rungs[rung - 1].Complete(
                climbers,
                number =>
                    run(new(number, at, WeightsOf(number, at), at == 1 ? null : all[number], at == 1 ? null : WeightsOf(number, at - 1))),
                (done, number) => progress(
                    (at - 1 + done) / _rungs.Count, $"rung {at} of {_rungs.Count}, trial {number.ToString(CultureInfo.InvariantCulture)}"),
                cancellation);
            foreach (var (number, trial) in climbed)
                all[number] = trial;
            climbers = [.. climbed.Where(t => double.IsFinite(_loss(t.Value))).OrderBy(t => _loss(t.Value)).ThenBy(t => t.Key)
                .Take(Math.Max(1, climbers.Count / Rungs.Share)).Select(t => t.Key)];
        }
        return all;
    }
}
