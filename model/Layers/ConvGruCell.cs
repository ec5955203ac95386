namespace ConvLstm.Nowcast.Model.Layers;

/// <summary>What a gated recurrent layer remembers: (N, hidden, H, W).</summary>
public readonly record struct ConvGruState(Tensor Hidden);

/// <summary>
/// The convolutional gated recurrent unit of Shi et al. 2017 ("Deep Learning for Precipitation Nowcasting: A Benchmark and A New
/// Model", equation 1):
/// <code>
/// Z = σ(Wxz∗X + Whz∗H)   R = σ(Wxr∗X + Whr∗H)   H" = f(Wxh∗X + R∘(Whh∗H))   H' = (1 − Z)∘H" + Z∘H
/// </code>
/// with f a leaky ReLU of slope 0.2. Z, R and H" come from one convolution each of input and state, in this order.
/// </summary>
public class ConvGruCell : nn.Module<Tensor?, ConvGruState?, ConvGruState>, IRecurrentLayer<ConvGruState>
{
    private const double Slope = 0.2;

    private protected readonly Conv2d? from_input;
    private protected readonly Conv2d from_state;

    /// <param name="inputChannels">Channels of X; 0 for a layer that only unrolls its state.</param>
    /// <param name="hiddenChannels">Channels of H.</param>
    /// <param name="kernel">The side of both kernels, odd.</param>
    public ConvGruCell(long inputChannels, long hiddenChannels, long kernel)
        : this(inputChannels, hiddenChannels, kernel, nn.Conv2d(hiddenChannels, 3 * hiddenChannels, kernel, padding: kernel / 2)) =>
            RegisterComponents();

    private protected ConvGruCell(long inputChannels, long hiddenChannels, long kernel, Conv2d fromState)
        : base("ConvGruCell")
    {
        HiddenChannels = hiddenChannels;
        from_input = inputChannels == 0 ? null : nn.Conv2d(inputChannels, 3 * hiddenChannels, kernel, padding: kernel / 2);
        from_state = fromState;
    }

    public long HiddenChannels { get; }

    public override ConvGruState forward(Tensor? input, ConvGruState? state) => Unroll(input, 1, state).Last;

    public (Tensor Hidden, ConvGruState Last) Unroll(Tensor? inputs, long steps, ConvGruState? start)
    {
        if (inputs is null && start is null)
            throw new ArgumentNullException(nameof(inputs), "A step without input needs a state to start from.");
        var frames = inputs?.chunk(steps, 0);
        // What comes from the input does not depend on the state: all times at once.
        var fromInput = inputs is null ? null : from_input!.call(inputs).chunk(steps, 0);
        var hidden = new List<Tensor>();
        var state = start?.Hidden
            ?? zeros([frames![0].shape[0], HiddenChannels, frames[0].shape[2], frames[0].shape[3]], inputs!.dtype, inputs.device);
        for (var step = 0; step < steps; step++)
        {
            state = Step(fromInput?[step], FromState(frames?[step], state), state);
            hidden.Add(state);
        }
        return (steps == 1 ? state : cat(hidden, 0), new(state));
    }

    /// <summary>The part of Z, R and H" that the state gives: (N, 3·hidden, H, W).</summary>
    private protected virtual Tensor FromState(Tensor? input, Tensor state) => from_state.call(state);

    private static Tensor Step(Tensor? fromInput, Tensor fromState, Tensor before)
    {
        var (x, h) = (fromInput?.chunk(3, 1), fromState.chunk(3, 1));
        var update = Sum(0).sigmoid();
        var gated = Sum(1).sigmoid() * h[2];
        var candidate = nn.functional.leaky_relu(x is null ? gated : gated + x[2], Slope);
        return candidate + (update * (before - candidate));

        Tensor Sum(int gate) => x is null ? h[gate] : x[gate] + h[gate];
    }
}
