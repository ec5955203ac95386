using ConvLstm.Nowcast.Ingest.Sequences;

namespace ConvLstm.Nowcast.Evaluation;

/// <summary>A forecaster under another name, so that several models stand side by side in a <see cref="Hindcast"/>.</summary>
/// <param name="name">What it is called in the scores.</param>
/// <param name="forecaster">Who forecasts, with the same result and errors.</param>
public sealed class NamedForecaster(string name, IForecaster forecaster) : IForecaster
{
    /// <inheritdoc/>
    public string Method => name;

    /// <inheritdoc/>
    public int ScansNeeded => forecaster.ScansNeeded;

    /// <inheritdoc/>
    public RainForecast Forecast(RadarSequence past, ForecastRequest request, CancellationToken cancellation) =>
        forecaster.Forecast(past, request, cancellation);
}
