using ConvLstm.Nowcast.Ingest.Sequences;

namespace ConvLstm.Nowcast.Studies.Radar;

/// <summary>A forecaster under another name, so that several models stand side by side.</summary>
internal sealed class NamedForecaster(string name, IForecaster forecaster) : IForecaster
{
    public string Method => name;

    public int ScansNeeded => forecaster.ScansNeeded;

    public RainForecast Forecast(RadarSequence past, ForecastRequest request, CancellationToken cancellation) =>
        forecaster.Forecast(past, request, cancellation);
}
