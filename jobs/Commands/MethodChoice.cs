using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Methods;
using ConvLstm.Nowcast.Model;
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

    /// <param name="method">What <c>--method</c> says; null takes the model.</param>
    /// <param name="checkpoint">What <see cref="Load"/> gave.</param>
    /// <exception cref="ReportedException">There is no such method.</exception>
    internal static IForecaster Make(string? method, Checkpoint? checkpoint) => Methods(checkpoint).Make(method ?? ModelForecast.Name);

    /// <summary>
    /// The checkpoint for a method: what <c>--model</c> names, else the one that comes with the program; null where the method needs
    /// none.
    /// </summary>
    internal static Checkpoint? Load(string? model, string? method, string device) =>
        model is not null ? Checkpoint.Load(model, Devices.Named(device))
        : method is null or ModelForecast.Name ? ShippedModel.Load(Devices.Named(device)) : null;
}
