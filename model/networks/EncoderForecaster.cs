using ConvLstm.Nowcast.Model.Layers;

namespace ConvLstm.Nowcast.Model.Networks;

/// <summary>
/// The encoder-forecaster of Shi et al. 2015, section 3.2: stacked ConvLSTM layers read the past; as many layers,
/// started from the states of the encoder, unroll the future without input; the hidden states of all of them are
/// concatenated and a 1×1 convolution makes the frame. Frames are folded into patches first (section 4).
/// The frame is added to the newest one, so that an untrained network is close to persistence.
/// </summary>
public sealed class EncoderForecaster : RainNetwork
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

    public override Tensor forward(Tensor past, long leads)
    {
        var (batch, time, height, width) = (past.shape[0], past.shape[1], past.shape[2], past.shape[3]);
        var frames = FrameLayout.ToPatches(past, Options.Patch);
        var states = Encode(frames, time, batch);
        var newest = past.select(1, time - 1).narrow(3, 0, 1);
        var steps = new List<Tensor>();
        for (var lead = 0L; lead < leads; lead++)
        {
            Unroll(states);
            var change = head.call(cat(states.ConvertAll(s => s.Hidden), 1));
            steps.Add(newest + FrameLayout.FromPatches(change, Options.Patch, height, width));
        }
        return stack(steps, 1);
    }

    /// <summary>Reads (time·batch, channels, h, w) frame by frame, layer by layer; the state of each layer at the end.</summary>
    private List<ConvLstmState> Encode(Tensor frames, long time, long batch)
    {
        var states = new List<ConvLstmState>();
        foreach (var cell in encoder)
        {
            // The part of the gates that comes from the input does not depend on the state: all times at once.
            var gates = cell.InputGates(frames).chunk(time, 0);
            ConvLstmState? state = null;
            var hidden = new List<Tensor>();
            foreach (var gate in gates)
            {
                state = cell.Step(gate, state);
                hidden.Add(state.Value.Hidden);
            }
            states.Add(state!.Value);
            frames = cat(hidden, 0);
        }
        return states;
    }

    private void Unroll(List<ConvLstmState> states)
    {
        for (var i = 0; i < forecaster.Count; i++)
            states[i] = forecaster[i].Step(i == 0 ? null : forecaster[i].InputGates(states[i - 1].Hidden), states[i]);
    }
}
