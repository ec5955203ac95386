using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Methods;
using ConvLstm.Nowcast.Model.Checkpoints;

namespace ConvLstm.Nowcast.Jobs.Commands;

/// <summary>The forecast method that flags name.</summary>
internal static class MethodChoice
{
    /// <summary>The methods by name, the model of a checkpoint among them where there is one.</summary>
    internal static ForecastMethods Methods(Checkpoint? checkpoint)
    {
        var methods = new ForecastMethods();
        return checkpoint is null ? methods : methods.Add(ModelForecast.Name, () => new ModelForecast(checkpoint));
    }

    /// <param name="method">What <c>--method</c> says; null takes the model where there is one, else extrapolation.</param>
    /// <param name="checkpoint">What <c>--model</c> names.</param>
    /// <exception cref="ReportedException">The model is wanted and there is none, or no such method.</exception>
    internal static IForecaster Make(string? method, Checkpoint? checkpoint)
    {
        if (method == ModelForecast.Name && checkpoint is null)
            throw new ReportedException("--method model needs a checkpoint: name one with --model, or make one with 'nowcast train'.");
        return Methods(checkpoint).Make(method ?? (checkpoint is null ? Extrapolation.Name : ModelForecast.Name));
    }
}
