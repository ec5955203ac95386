using ConvLstm.Nowcast.Ingest;

namespace ConvLstm.Nowcast.Model.Networks;

/// <summary>The networks by name: a new one is its file and a line here.</summary>
public static class NetworkRegistry
{
    private static readonly Dictionary<string, Func<NetworkOptions, RainNetwork>> Factories = new(StringComparer.Ordinal)
    {
        [EncoderForecaster.Name] = options => new EncoderForecaster(options),
        [LagrangianNetwork.Name] = options => new LagrangianNetwork(options),
        [MultiScaleForecaster.Name] = options => new MultiScaleForecaster(options),
    };

    public static IReadOnlyCollection<string> Names => Factories.Keys;

    /// <exception cref="ReportedException">There is no network of that name.</exception>
    public static RainNetwork Create(NetworkOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Factories.TryGetValue(options.Network, out var factory)
            ? factory(options)
            : throw new ReportedException($"There is no network '{options.Network}': name one of {string.Join(", ", Names)}.");
    }
}
