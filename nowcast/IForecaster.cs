using ConvLstm.Nowcast.Ingest.Sequences;

namespace ConvLstm.Nowcast;

/// <summary>Predicts rain from the newest scans. Every method stands behind this, so that scores compare like with like.</summary>
public interface IForecaster
{
    /// <summary>The name in <see cref="Methods.ForecastMethods"/>.</summary>
    string Method { get; }

    /// <summary>The fewest scans it can work from.</summary>
    int ScansNeeded { get; }

    /// <param name="past">The newest scans, at least <see cref="ScansNeeded"/>; more are allowed.</param>
    /// <param name="request">Leads and thresholds.</param>
    /// <param name="cancellation">Stops the work between two leads.</param>
    RainForecast Forecast(RadarSequence past, ForecastRequest request, CancellationToken cancellation);
}

/// <summary>What is asked of a forecaster.</summary>
/// <param name="Lead">How far to look ahead; the maps are one step of the input apart.</param>
/// <param name="Thresholds">Rain rates in mm/h whose exceedance probability is wanted, rising.</param>
public sealed record ForecastRequest(TimeSpan Lead, IReadOnlyList<float> Thresholds)
{
    /// <summary>The rates that the database gives probabilities for by default, in mm/h.</summary>
    public static IReadOnlyList<float> DefaultThresholds { get; } = [0.1f, 1f, 5f, 10f];

    /// <summary>All rates that probabilities are given for, in mm/h: what scores and members are made of.</summary>
    public static IReadOnlyList<float> AllThresholds { get; } = [0.1f, 0.2f, 0.5f, 1, 2, 5, 10, 20, 30];

    /// <summary>60 minutes ahead.</summary>
    public static TimeSpan DefaultLead { get; } = TimeSpan.FromMinutes(60);
}
