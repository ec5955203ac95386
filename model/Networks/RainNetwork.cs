namespace ConvLstm.Nowcast.Model.Networks;

/// <summary>
/// A network that reads past rain and writes coming rain: (batch, time, height, width, channels) → (batch, lead, height,
/// width, outputs). Channel 0 of the input is the normalised rain, channel 1 the mask of observed pixels. The outputs are one
/// channel of normalised rain or, where <see cref="NetworkOptions.Thresholds"/> are set, the log-odds that the rain
/// reaches each of them.
/// </summary>
public abstract class RainNetwork : nn.Module<Tensor, LeadTimes, Tensor>
{
    static RainNetwork() => OneDnn.Ensure();

    protected RainNetwork(NetworkOptions options)
        : base(options.Network) => Options = options;

    /// <summary>What is needed to make the same network again.</summary>
    public NetworkOptions Options { get; }

    /// <summary>Whether the network can leave pixels out, which saves time in training; else it predicts them all.</summary>
    public virtual bool TakesSampledPixels => false;

    /// <param name="past">(batch, time, height, width, 2).</param>
    /// <param name="leads">Which frames to predict.</param>
    public abstract override Tensor forward(Tensor past, LeadTimes leads);

    /// <summary>The output of a network that has learned nothing: the newest rain stays as it is.</summary>
    public abstract Tensor Persistence(Tensor past, LeadTimes leads);
}
