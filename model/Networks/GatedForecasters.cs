using ConvLstm.Nowcast.Model.Layers;

namespace ConvLstm.Nowcast.Model.Networks;

/// <summary>ConvGRU layers (Shi et al. 2017) in the frame of <see cref="RecurrentForecaster{TLayer, TState}"/>.</summary>
public sealed class ConvGru : RecurrentForecaster<ConvGruCell, ConvGruState>
{
    public const string Name = "convgru";

    public ConvGru(NetworkOptions options)
        : base(options, (input, hidden) => new(input, hidden, options.Kernel)) => RegisterComponents();
}

/// <summary>TrajGRU layers (Shi et al. 2017) in the same frame.</summary>
public sealed class TrajGru : RecurrentForecaster<TrajGruCell, ConvGruState>
{
    public const string Name = "trajgru";

    public TrajGru(NetworkOptions options)
        : base(options, (input, hidden) => new(input, hidden, options.Kernel)) => RegisterComponents();
}
