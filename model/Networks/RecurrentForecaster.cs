using ConvLstm.Nowcast.Model.Layers;

namespace ConvLstm.Nowcast.Model.Networks;

/// <summary>
/// The encoder-forecaster of Shi et al. 2015 ("Convolutional LSTM Network: A Machine Learning Approach for Precipitation
/// Nowcasting", section 3.2): stacked recurrent layers read the past; as many layers,
/// started from the states of the encoder, unroll the future without input; the hidden states of all of them are
/// concatenated and a 1×1 convolution makes the frame. Frames are folded into patches first (section 4).
/// </summary>
/// <typeparam name="TLayer">The recurrent layer.</typeparam>
/// <typeparam name="TState">What it remembers.</typeparam>
public abstract class RecurrentForecaster<TLayer, TState> : FrameNetwork
    where TLayer : nn.Module, IRecurrentLayer<TState>
    where TState : struct
{
    private const int InputChannels = 2;

    // Registered by the networks themselves: a field that is private here would not be found there.
    private protected readonly ModuleList<TLayer> encoder;
    private protected readonly ModuleList<TLayer> forecaster;
    private protected readonly Conv2d head;

    private protected RecurrentForecaster(NetworkOptions options, Func<long, long, TLayer> layer)
        : base(options)
    {
        var patchPixels = options.Patch * options.Patch;
        var hidden = options.Hidden;
        encoder = new([.. hidden.Select((channels, i) => layer(i == 0 ? InputChannels * patchPixels : hidden[i - 1], channels))]);
        forecaster = new([.. hidden.Select((channels, i) => layer(i == 0 ? 0 : hidden[i - 1], channels))]);
        head = nn.Conv2d(hidden.Sum(), patchPixels, 1);
        Quiet(head.weight, head.bias);
    }

    protected override Tensor Change(Tensor past, long leads) =>
        head.call(Forecast(Encode(FrameLayout.ToPatches(past, Options.Patch), past.shape[1]), leads));

    /// <summary>Reads (time·batch, channels, h, w) layer by layer; the state of each layer at the end.</summary>
    private List<TState> Encode(Tensor frames, long time)
    {
        var states = new List<TState>();
        foreach (var layer in encoder)
        {
            (frames, var last) = layer.Unroll(frames, time, null);
            states.Add(last);
        }
        return states;
    }

    /// <summary>
    /// The hidden states of all layers at all leads, (leads·batch, channels, h, w). No layer sees the frames, so each unrolls at once.
    /// </summary>
    private Tensor Forecast(List<TState> states, long leads)
    {
        var hidden = new List<Tensor>();
        for (var i = 0; i < forecaster.Count; i++)
            hidden.Add(forecaster[i].Unroll(i == 0 ? null : hidden[i - 1], leads, states[i]).Hidden);
        return cat(hidden, 1);
    }
}
