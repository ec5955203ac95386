namespace ConvLstm.Nowcast.Model.Layers;

/// <summary>ConvLSTM layers that each read the whole sequence of the one below, with batch normalisation after each (Ioffe and Szegedy 2015).</summary>
public sealed class ConvLstmStack : nn.Module<Tensor, long, Tensor>
{
    private readonly ModuleList<ConvLstmCell> layers;
    private readonly ModuleList<BatchNorm2d> norms;

    /// <param name="input">Channels of a frame.</param>
    /// <param name="hidden">Channels of each layer.</param>
    /// <param name="kernel">The side of all kernels, odd.</param>
    /// <param name="peepholes">Whether gates see cells.</param>
    /// <param name="activation">Of candidate and cell.</param>
    /// <param name="normaliseLast">Whether the last layer is normalised too, or only what lies between two layers.</param>
    public ConvLstmStack(long input, IReadOnlyList<int> hidden, long kernel, bool peepholes, string activation, bool normaliseLast)
        : base(nameof(ConvLstmStack))
    {
        layers = new([.. hidden.Select((channels, i) => new ConvLstmCell(i == 0 ? input : hidden[i - 1], channels, kernel, peepholes, activation))]);
        norms = new([.. hidden.Take(normaliseLast ? hidden.Count : hidden.Count - 1).Select(channels => nn.BatchNorm2d(channels))]);
        RegisterComponents();
    }

    /// <summary>(time·N, in, H, W), time first, and the time, to (time·N, hidden of the last layer, H, W).</summary>
    public override Tensor forward(Tensor frames, long time)
    {
        for (var i = 0; i < layers.Count; i++)
        {
            frames = layers[i].Unroll(frames, time, null).Hidden;
            if (i < norms.Count)
                frames = norms[i].call(frames);
        }
        return frames;
    }
}
