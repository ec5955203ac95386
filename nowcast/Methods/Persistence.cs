using ConvLstm.Nowcast.Ingest.Sequences;

namespace ConvLstm.Nowcast.Methods;

/// <summary>Eulerian persistence: the newest scan stays as it is. What every other method has to beat.</summary>
public sealed class Persistence : IForecaster
{
    /// <summary>The name in <see cref="ForecastMethods"/>.</summary>
    public const string Name = "persistence";

    public string Method => Name;

    public int ScansNeeded => 1;

    public RainForecast Forecast(RadarSequence past, ForecastRequest request, CancellationToken cancellation)
    {
        Scans.CheckEnough(past, this);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var newest = Scans.Newest(past, 1)[0];
        return AdvectedForecast.Make(past, request, Scans.Provenance(Name, past, 1), _ => newest, cancellation);
    }
}
