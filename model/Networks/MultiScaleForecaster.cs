using ConvLstm.Nowcast.Model.Layers;

namespace ConvLstm.Nowcast.Model.Networks;

/// <summary>
/// The encoder-forecaster of Shi et al. 2017 ("Deep Learning for Precipitation Nowcasting: A Benchmark and A New Model",
/// section 3.2): each ConvLSTM layer of the encoder works on half the resolution of the one below it; the forecaster
/// starts at the coarsest scale and goes up, so that the finest layer draws the frame with the coarse ones to guide it.
/// Frames are folded into patches first; the frame that comes out is added to the newest one, so that an untrained
/// network is close to persistence.
/// </summary>
public sealed class MultiScaleForecaster : FrameNetwork
{
    public const string Name = "multiscale-forecaster";
    private const int InputChannels = 2;
    private const double Slope = 0.2;

    private readonly ModuleList<ConvLstmCell> encoder;
    private readonly ModuleList<ConvLstmCell> forecaster;
    private readonly ModuleList<Conv2d> down;
    private readonly ModuleList<ConvTranspose2d> up;
    private readonly Conv2d head;

    public MultiScaleForecaster(NetworkOptions options)
        : base(options)
    {
        var patchPixels = options.Patch * options.Patch;
        var hidden = options.Hidden;
        var coarsest = hidden.Count - 1;
        encoder = new([.. hidden.Select((channels, i) => Cell(i == 0 ? InputChannels * patchPixels : channels, channels))]);
        forecaster = new([.. hidden.Select((channels, i) => Cell(i == coarsest ? 0 : channels, channels))]);
        down = new([.. hidden.Skip(1).Select((channels, i) => nn.Conv2d(hidden[i], channels, 3, stride: 2, padding: 1))]);
        up = new([.. hidden.Skip(1).Select((channels, i) => nn.ConvTranspose2d(channels, hidden[i], 4, stride: 2, padding: 1))]);
        head = nn.Conv2d(hidden[0], patchPixels, 1);
        Quiet(head.weight, head.bias);
        RegisterComponents();

        ConvLstmCell Cell(int input, int channels) => new(input, channels, options.Kernel, options.Peepholes);
    }

    protected override Tensor Change(Tensor past, long leads)
    {
        // The smallest scale must be reached by halving without a rest.
        var frames = FrameLayout.ToPatches(past, Options.Patch, 1 << (encoder.Count - 1));
        var states = new List<ConvLstmState>();
        for (var i = 0; i < encoder.Count; i++)
        {
            var input = i == 0 ? frames : nn.functional.leaky_relu(down[i - 1].call(frames), Slope);
            (frames, var last) = encoder[i].Unroll(input, past.shape[1], null);
            states.Add(last);
        }
        Tensor? above = null;
        for (var i = forecaster.Count - 1; i >= 0; i--)
        {
            above = above is null ? null : nn.functional.leaky_relu(up[i].call(above), Slope);
            above = forecaster[i].Unroll(above, leads, states[i]).Hidden;
        }
        return head.call(above!);
    }
}
