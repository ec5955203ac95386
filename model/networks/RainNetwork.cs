namespace ConvLstm.Nowcast.Model.Networks;

/// <summary>
/// A network that reads past rain and writes coming rain, both normalised: (batch, time, height, width, channels)
/// → (batch, lead, height, width, 1). Channel 0 of the input is the rain, channel 1 the mask of observed pixels.
/// </summary>
public abstract class RainNetwork : nn.Module<Tensor, long, Tensor>
{
    protected RainNetwork(NetworkOptions options)
        : base(options.Network) => Options = options;

    /// <summary>What is needed to make the same network again.</summary>
    public NetworkOptions Options { get; }

    /// <param name="past">(batch, time, height, width, 2).</param>
    /// <param name="leads">How many frames to predict.</param>
    public abstract override Tensor forward(Tensor past, long leads);
}
