using ConvLstm.Nowcast.Ingest;

namespace ConvLstm.Nowcast.Model.Networks;

/// <summary>The networks by name: a new one is its file and a line here.</summary>
public static class NetworkRegistry
{
    private static readonly Dictionary<string, Func<NetworkOptions, RainNetwork>> Factories = new(StringComparer.Ordinal)
    {
        [EncoderForecaster.Name] = options => new EncoderForecaster(options),
        [StackedConvLstm.Name] = options => new StackedConvLstm(options),
        [FrameConvLstm.Name] = options => new FrameConvLstm(options),
        [ConvLstmInterpolator.Name] = options => new ConvLstmInterpolator(options),
        [FcLstm.Name] = options => new FcLstm(options),
        [CnnLstm.Name] = options => new CnnLstm(options),
        [FusionLstm.Name] = options => new FusionLstm(options),
        [Conv3dLstm.Name] = options => new Conv3dLstm(options),
        [Conv1dLstm.Name] = options => new Conv1dLstm(options),
        [ConvGru.Name] = options => new ConvGru(options),
        [TrajGru.Name] = options => new TrajGru(options),
        [SimVp.Name] = options => new SimVp(options),
        [Tau.Name] = options => new Tau(options),
        [LagrangianNetwork.Name] = options => new LagrangianNetwork(options),
        [CascadeNetwork.Name] = options => new CascadeNetwork(options),
        [PooledNetwork.Name] = options => new PooledNetwork(options),
        [MultiScaleForecaster.Name] = options => new MultiScaleForecaster(options),
    };

    /// <summary>
    /// Those that a training begins with: a <see cref="CascadeNetwork"/> reads what the classical methods made of the scans and has a
    /// training of its own, and a
    /// <see cref="PooledNetwork"/> is put together of two that were trained.
    /// </summary>
    public static IReadOnlyCollection<string> Names { get; } =
        [.. Factories.Keys.Where(name => name is not (CascadeNetwork.Name or PooledNetwork.Name))];

    /// <exception cref="ReportedException">There is no network of that name, or none of that shape.</exception>
    public static RainNetwork Create(NetworkOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Kernel < 1 || options.Kernel % 2 == 0)
            throw new ReportedException($"A kernel of {options.Kernel} × {options.Kernel} has no middle: give an odd side, such as 3.");
        if (options.Patch < 1 || options.Hidden.Count == 0 || options.Hidden.Any(channels => channels < 1))
            throw new ReportedException(
                $"A network of layers [{string.Join(", ", options.Hidden)}] on patches of {options.Patch} cannot be made: give 1 or more "
                    + "for each.");
        if (options.Tile < 1 || options.Frames < 1 || options.Gap < 1)
            throw new ReportedException(
                $"Tiles of {options.Tile} pixels, {options.Frames} frames at once or a gap of {options.Gap} make no network: give 1 or "
                    + "more for each.");
        if (!Factories.TryGetValue(options.Network, out var factory))
            throw new ReportedException($"There is no network '{options.Network}': name one of {string.Join(", ", Names)}.");
        var network = factory(options);
        // A network lives until it is disposed; TorchSharp leaves weights in the scope that they were made in.
        foreach (var tensor in network.state_dict().Values)
            tensor.DetachFromDisposeScope();
        return network;
    }
}
