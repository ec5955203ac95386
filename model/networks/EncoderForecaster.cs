using ConvLstm.Nowcast.Model.Layers;

namespace ConvLstm.Nowcast.Model.Networks;

/// <summary>
/// The encoder-forecaster of Shi et al. 2015, section 3.2: stacked ConvLSTM layers read the past; as many layers,
/// started from the states of the encoder, unroll the future without input; the hidden states of all of them are
/// concatenated and a 1×1 convolution makes the frame. Frames are folded into patches first (section 4).
/// The frame is added to the newest one, so that an untrained network is close to persistence.
/// </summary>
public sealed class EncoderForecaster : FrameNetwork
{
    public const string Name = "encoder-forecaster";
    private const int InputChannels = 2;

    private readonly ModuleList<ConvLstmCell> encoder;
    private readonly ModuleList<ConvLstmCell> forecaster;
    private readonly Conv2d head;

    public EncoderForecaster(NetworkOptions options)
        : base(options)
    {
        var patchPixels = options.Patch * options.Patch;
        var hidden = options.Hidden;
        encoder = new([.. hidden.Select((channels, i) => Cell(i == 0 ? InputChannels * patchPixels : hidden[i - 1], channels))]);
        forecaster = new([.. hidden.Select((channels, i) => Cell(i == 0 ? 0 : hidden[i - 1], channels))]);
        head = nn.Conv2d(hidden.Sum(), patchPixels, 1);
        nn.init.zeros_(head.weight);
        nn.init.zeros_(head.bias!);
        RegisterComponents();

        ConvLstmCell Cell(int input, int channels) => new(input, channels, options.Kernel, options.Peepholes);
    }

    protected override Tensor Change(Tensor past, long leads) =>
        head.call(Forecast(Encode(FrameLayout.ToPatches(past, Options.Patch), past.shape[1]), leads));

    /// <summary>Reads (time·batch, channels, h, w) layer by layer; the state of each layer at the end.</summary>
    private List<ConvLstmState> Encode(Tensor frames, long time)
    {
        var states = new List<ConvLstmState>();
        foreach (var cell in encoder)
        {
            (frames, var last) = cell.Unroll(frames, time, null);
            states.Add(last);
        }
        return states;
    }

    /// <summary>The hidden states of all layers at all leads, (leads·batch, channels, h, w). No layer sees the frames, so each unrolls at once.</summary>
    private Tensor Forecast(List<ConvLstmState> states, long leads)
    {
        var hidden = new List<Tensor>();
        for (var i = 0; i < forecaster.Count; i++)
            hidden.Add(forecaster[i].Unroll(i == 0 ? null : hidden[i - 1], leads, states[i]).Hidden);
        return cat(hidden, 1);
    }
}
