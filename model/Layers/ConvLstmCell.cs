using ConvLstm.Nowcast.Model.Kernels;

namespace ConvLstm.Nowcast.Model.Layers;

/// <summary>
/// The convolutional LSTM of Shi et al. 2015 ("Convolutional LSTM Network: A Machine Learning Approach for
/// Precipitation Nowcasting", equation 3):
/// <code>
/// i = σ(Wxi∗X + Whi∗H + Wci∘C + bi)      f = σ(Wxf∗X + Whf∗H + Wcf∘C + bf)
/// C' = f∘C + i∘tanh(Wxc∗X + Whc∗H + bc)  o = σ(Wxo∗X + Who∗H + Wco∘C' + bo)      H' = o∘tanh(C')
/// </code>
/// The four gates come from one convolution each of input and state, stacked in the order i, f, c, o. Peephole
/// weights are one number a channel, so that the cell fits any grid.
/// </summary>
public sealed class ConvLstmCell : nn.Module<Tensor?, ConvLstmState?, ConvLstmState>, IRecurrentLayer<ConvLstmState>
{
    private readonly Parameter state_weight;
    private readonly Parameter bias;
    private readonly Parameter? input_weight;
    private readonly Parameter? peephole;
    private readonly long[] padding;
    private readonly Func<Tensor, Tensor>? activation;
    private readonly bool relu;

    static ConvLstmCell() => OneDnn.Ensure();

    /// <param name="inputChannels">Channels of X; 0 for a layer that only unrolls its state.</param>
    /// <param name="hiddenChannels">Channels of H and C.</param>
    /// <param name="kernel">The side of both kernels, odd.</param>
    /// <param name="peepholes">Whether the gates see the cell state.</param>
    /// <param name="activation">What candidate and cell go through, see <see cref="Activations"/>; the paper's is tanh.</param>
    public ConvLstmCell(long inputChannels, long hiddenChannels, long kernel, bool peepholes, string activation = Activations.Tanh)
        : base(nameof(ConvLstmCell))
    {
        if (kernel % 2 == 0)
            throw new ArgumentOutOfRangeException(nameof(kernel), kernel,
                "The kernel of a ConvLSTM has an odd side, so that the state keeps its size.");
        HiddenChannels = hiddenChannels;
        relu = activation == Activations.Relu;
        this.activation = activation == Activations.Tanh ? null : Activations.Named(activation);
        padding = [kernel / 2, kernel / 2];
        input_weight = inputChannels == 0 ? null : Weight(inputChannels, inputChannels + hiddenChannels, hiddenChannels, kernel);
        state_weight = Weight(hiddenChannels, inputChannels + hiddenChannels, hiddenChannels, kernel);
        bias = nn.Parameter(zeros([4 * hiddenChannels]));
        // A forget gate that starts open remembers (Jozefowicz, Zaremba and Sutskever 2015, section 2.2).
        using (no_grad())
            bias.narrow(0, hiddenChannels, hiddenChannels).fill_(1);
        peephole = peepholes ? nn.Parameter(zeros([3, hiddenChannels])) : null;
        RegisterComponents();
    }

    public long HiddenChannels { get; }

    /// <summary>
    /// Whether the kernel makes all steps, where it takes such a layer; else operators of libtorch do, which have second derivatives too.
    /// </summary>
    internal bool Fused { get; set; } = true;

    /// <summary>Whether its convolutions are made in bfloat16; states, gates and weights stay as exact as they are.</summary>
    internal bool LowPrecision { get; set; }

    /// <summary>
    /// Whether training computes the gates a second time instead of keeping them: a third slower, a third of the memory.
    /// </summary>
    public bool Checkpointed { get; set; }

    /// <summary>
    /// One step: X (N, in, H, W), null where the cell has none, and the state before it, null at the start, to the state after it.
    /// </summary>
    public override ConvLstmState forward(Tensor? input, ConvLstmState? state) => Unroll(input, 1, state).Last;

    /// <summary>All steps of a sequence.</summary>
    /// <param name="inputs">(steps·N, in, H, W), time first; null where the cell has no input.</param>
    /// <param name="steps">How many.</param>
    /// <param name="start">The state before the first step, null for zeros.</param>
    /// <returns>The hidden states of all steps, (steps·N, hidden, H, W), and the state after the last one.</returns>
    public (Tensor Hidden, ConvLstmState Last) Unroll(Tensor? inputs, long steps, ConvLstmState? start)
    {
        if (inputs is null && start is null)
            throw new ArgumentNullException(nameof(inputs), "A step without input needs a state to start from.");
        if (inputs is not null && input_weight is null)
            throw new InvalidOperationException("This cell was made without input channels.");
        if (!Fused || LowPrecision || peephole is not null || !(relu || activation is null) || !ConvLstmKernel.Takes(state_weight))
            return UnrollPlain(inputs, steps, start);
        var (hidden, lastHidden, lastCell) = ConvLstmKernel.Unroll(
            inputs, start?.Hidden, start?.Cell, input_weight, state_weight, bias,
                new((int)steps, Checkpointed, relu, KernelOptions.Default));
        return (hidden, new(lastHidden, lastCell));
    }

    /// <summary>
    /// In operators of libtorch, on every device and in every type. Where no gradient keeps them, the values of a step are freed with it.
    /// </summary>
    private (Tensor Hidden, ConvLstmState Last) UnrollPlain(Tensor? inputs, long steps, ConvLstmState? start)
    {
        using var scope = NewDisposeScope();
        // The part of the gates that comes from the input does not depend on the state: all times at once.
        var fromInput = inputs is null ? null : Convolved(inputs, input_weight!, bias).chunk(steps, 0);
        var hidden = new List<Tensor>();
        var state = start;
        for (var step = 0; step < steps; step++)
        {
            using var inner = NewDisposeScope();
            var gates = fromInput?[step];
            if (state is ConvLstmState before)
            {
                var fromState = Convolved(before.Hidden, state_weight, gates is null ? bias : null);
                gates = gates is null ? fromState : gates + fromState;
            }
            var next = Gate(gates!, state?.Cell);
            inner.MoveToOuter(next.Hidden, next.Cell);
            if (step > 0)
                state!.Value.Cell.Dispose();
            state = next;
            hidden.Add(next.Hidden);
        }
        var all = steps == 1 ? hidden[0] : cat(hidden, 0);
        scope.MoveToOuter(all, state!.Value.Hidden, state.Value.Cell);
        return (all, state.Value);
    }

    private Tensor Convolved(Tensor images, Tensor weight, Tensor? added)
    {
        if (!LowPrecision)
            return nn.functional.conv2d(images, weight, added, padding: padding);
        return nn.functional.conv2d(images.to_type(bfloat16), weight.to_type(bfloat16), added?.to_type(bfloat16),
            padding: padding).to_type(weight.dtype);
    }

    private ConvLstmState Gate(Tensor gates, Tensor? before)
    {
        var parts = gates.chunk(4, 1);
        var (input, forget, candidate, output) = (parts[0], parts[1], parts[2], parts[3]);
        if (before is not null && peephole is not null)
        {
            input = input + (Peephole(0) * before);
            forget = forget + (Peephole(1) * before);
        }
        var cell = input.sigmoid() * Activated(candidate);
        if (before is not null)
            cell = (forget.sigmoid() * before) + cell;
        if (peephole is not null)
            output = output + (Peephole(2) * cell);
        return new(output.sigmoid() * Activated(cell), cell);
    }

    private Tensor Activated(Tensor values) => activation is null ? values.tanh() : activation(values);

    private Tensor Peephole(long gate) => peephole!.select(0, gate).view(1, HiddenChannels, 1, 1);

    /// <summary>Uniform by the fan-in of input and state together, as if they were one convolution.</summary>
    private static Parameter Weight(long channels, long fanChannels, long hidden, long kernel)
    {
        var weight = nn.Parameter(empty([4 * hidden, channels, kernel, kernel]));
        var bound = 1 / Math.Sqrt(fanChannels * kernel * kernel);
        nn.init.uniform_(weight, -bound, bound);
        return weight;
    }
}
