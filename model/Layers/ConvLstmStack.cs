namespace ConvLstm.Nowcast.Model.Layers;

/// <summary>
/// ConvLSTM layers that each read the whole sequence of the one below, with batch normalisation after each (Ioffe and Szegedy 2015).
/// </summary>
public sealed class ConvLstmStack : nn.Module<Tensor, long, Tensor>
{
    /// <summary>The share of the newest batch in the running statistics, once they have settled.</summary>
    private const double Momentum = 0.1;

    private readonly ModuleList<ConvLstmCell> layers;
    private readonly ModuleList<BatchNorm2d> norms;
    private int trained;

    /// <param name="input">Channels of a frame.</param>
    /// <param name="hidden">Channels of each layer.</param>
    /// <param name="kernel">The side of all kernels, odd.</param>
    /// <param name="peepholes">Whether gates see cells.</param>
    /// <param name="activation">Of candidate and cell.</param>
    /// <param name="normaliseLast">Whether the last layer is normalised too, or only what lies between two layers.</param>
    public ConvLstmStack(long input, IReadOnlyList<int> hidden, long kernel, bool peepholes, string activation, bool normaliseLast)
        : base(nameof(ConvLstmStack))
    {
        layers = new([.. hidden.Select((channels, i) =>
            new ConvLstmCell(i == 0 ? input : hidden[i - 1], channels, kernel, peepholes, activation))]);
        norms = new([.. hidden.Take(normaliseLast ? hidden.Count : hidden.Count - 1).Select(channels => nn.BatchNorm2d(channels))]);
        RegisterComponents();
    }

    /// <summary>(time·N, in, H, W), time first, and the time, to (time·N, hidden of the last layer, H, W).</summary>
    public override Tensor forward(Tensor frames, long time)
    {
        if (training)
            trained++;
        for (var i = 0; i < layers.Count; i++)
        {
            frames = layers[i].Unroll(frames, time, null).Hidden;
            if (i < norms.Count)
                frames = Normalised(norms[i], frames);
        }
        return frames;
    }

    /// <summary>
    /// The running statistics are the plain mean of the first batches and a moving mean from then on. A moving mean from the start would
    /// keep a part of where it began, 0 and 1, for dozens of batches: hidden states are much smaller, so a network trained for a minute
    /// would draw blank frames when it is asked.
    /// </summary>
    private Tensor Normalised(BatchNorm2d norm, Tensor frames) => training && 1.0 / trained > Momentum
        ? nn.functional.batch_norm(frames, norm.running_mean!, norm.running_var!, norm.weight, norm.bias, training: true,
            momentum: 1.0 / trained)
        : norm.call(frames);
}
