using ConvLstm.Nowcast.Ingest.Sequences;
using ConvLstm.Nowcast.Ingest.Simulation;
using ConvLstm.Nowcast.Methods;

namespace ConvLstm.Nowcast.Bench.Storage;

/// <summary>Forecasts of simulated rain of the size that the aims are set for.</summary>
internal static class SimulatedRuns
{
    internal const int Size = 512, Leads = 18;
    private static readonly TimeSpan Step = TimeSpan.FromMinutes(5);

    /// <summary>One run for each kind of weather and seed.</summary>
    internal static IReadOnlyList<RainForecast> Make(int seeds) =>
        [.. Enum.GetValues<RainScenario>().SelectMany(scenario => Enumerable.Range(1, seeds).Select(seed => Make(scenario, seed)))];

    /// <summary>The same maps as another run.</summary>
    internal static RainForecast At(this RainForecast forecast, DateTimeOffset issueTime, string version) => new()
    {
        Grid = forecast.Grid,
        IssueTime = issueTime,
        LeadTimes = forecast.LeadTimes,
        RainRate = forecast.RainRate,
        Thresholds = forecast.Thresholds,
        ExceedanceProbability = forecast.ExceedanceProbability,
        Provenance = forecast.Provenance with { ModelVersion = version },
    };

    private static RainForecast Make(RainScenario scenario, int seed)
    {
        var options = new SimulationOptions { Scenario = scenario, Size = Size, Frames = 4, Step = Step, Seed = seed };
        var past = new RadarSequence(Step, [.. RainSimulator.Run(options).Select(scan => scan.Frame)]);
        return new Extrapolation()
            .Forecast(past, new ForecastRequest(Step * Leads, ForecastRequest.DefaultThresholds), CancellationToken.None);
    }
}
