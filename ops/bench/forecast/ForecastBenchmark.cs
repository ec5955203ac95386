using System.Diagnostics;
using ConvLstm.Nowcast.Ensemble;
using ConvLstm.Nowcast.Ingest.Sequences;
using ConvLstm.Nowcast.Ingest.Simulation;
using ConvLstm.Nowcast.Methods;
using ConvLstm.Nowcast.Model.Checkpoints;

namespace ConvLstm.Nowcast.Bench.Forecast;

/// <summary>
/// An hour ahead of 512 × 512 pixels at steps of 6 minutes, from arrays in memory to arrays in memory. The ratio is the limit over the
/// median.
/// </summary>
internal static class ForecastBenchmark
{
    private const int Size = 512, Members = 20, Scans = 5;
    private static readonly TimeSpan Step = TimeSpan.FromMinutes(6);
    private static readonly ForecastRequest Request = new(TimeSpan.FromMinutes(60), ForecastRequest.DefaultThresholds);

    internal static IReadOnlyList<BenchmarkRow> Run(BenchmarkOptions options)
    {
        using var checkpoint = ShippedModel.Load(device(options.Device));
        var model = new ModelForecast(checkpoint);
        var rows = new List<BenchmarkRow>();
        foreach (var scenario in Enum.GetValues<RainScenario>())
        {
            var rain = new SimulationOptions { Scenario = scenario, Size = Size, Frames = Scans, Step = Step, Seed = 1 };
            var past = new RadarSequence(Step, [.. RainSimulator.Run(rain).Select(scan => scan.Frame)]);
            var extrapolation = Seconds(new Extrapolation(), past, options.Rounds);
            var alone = Seconds(model, past, options.Rounds);
            var together = Seconds(new EnsembleForecast(model, Members, seed: 1), past, options.Rounds);
            rows.Add(Row($"extrapolation, {scenario}", extrapolation, 0.7));
            rows.Add(Row($"the default model, {scenario}", alone, 3));
            rows.Add(Row($"{Members} members more, {scenario}", [.. together.Select(t => Math.Max(1e-3, t - Rounds.Median(alone)))], 5));
        }
        return rows;
    }

    private static double[] Seconds(IForecaster forecaster, RadarSequence past, int rounds)
    {
        var seconds = new double[rounds];
        for (var round = -1; round < rounds; round++)
        {
            // Another sequence: what is known of the one before, such as its motion, is found anew.
            var anew = new RadarSequence(past.Step, past.Frames);
            var started = Stopwatch.GetTimestamp();
            forecaster.Forecast(anew, Request, CancellationToken.None);
            // The first one compiles and does not count.
            if (round >= 0)
                seconds[round] = Stopwatch.GetElapsedTime(started).TotalSeconds;
        }
        return seconds;
    }

    private static BenchmarkRow Row(string what, double[] seconds, double limit) =>
        new(what, Rounds.Median(seconds), null, "s", limit / Rounds.Median(seconds), limit / seconds.Max(), limit / seconds.Min(), 1);
}
