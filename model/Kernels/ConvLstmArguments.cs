namespace ConvLstm.Nowcast.Model.Kernels;

/// <summary>What a ConvLSTM layer is unrolled from; all float32 on the CPU, images channels last without gaps.</summary>
/// <param name="Input">(steps·N, H, W, in), time first, or null.</param>
/// <param name="Hidden">The hidden state before the first step, (N, H, W, C), or null for zeros.</param>
/// <param name="Cell">The cell state, null together with it.</param>
/// <param name="Weight">(4C, C + in, 3, 3): first of the state, then of the input; gates in the order i, f, c, o.</param>
/// <param name="Bias">(4C).</param>
/// <param name="Settings">Steps and the like.</param>
internal sealed record ConvLstmArguments(Tensor? Input, Tensor? Hidden, Tensor? Cell, Tensor Weight, Tensor Bias, ConvLstmSettings Settings)
{
    private readonly long[] _size = (Input ?? Hidden)!.shape;

    internal int Channels => (int)Bias.shape[0] / 4;

    internal int Steps => Settings.Steps;

    internal int Batch => (int)(Hidden is null ? _size[0] / Steps : Hidden.shape[0]);

    internal int Started => Hidden is null ? 0 : 1;

    /// <summary>Images of the size of a state, with so many channels; what is in them is whatever was there.</summary>
    internal Tensor Empty(int steps, int channels) => empty([(long)steps * Batch, _size[1], _size[2], channels]);

    /// <summary>Joins the weights of state and input.</summary>
    internal static Tensor Joined(Tensor stateWeight, Tensor? inputWeight) =>
        inputWeight is null ? stateWeight.contiguous() : cat([stateWeight, inputWeight], 1);
}

/// <param name="Steps">How many.</param>
/// <param name="Recompute">Whether the backward pass computes the gates again instead of keeping them.</param>
/// <param name="Relu">Whether candidate and cell go through ReLU instead of tanh.</param>
/// <param name="Options">How the kernels run.</param>
internal sealed record ConvLstmSettings(int Steps, bool Recompute, bool Relu, KernelOptions Options);

/// <summary>What a layer went through.</summary>
/// <param name="Hidden">All hidden states, the one before the first step in front where there is one.</param>
/// <param name="Cells">The cell states of all steps where a backward pass follows, else the last one.</param>
/// <param name="Activated">The gates of all steps after their activation, where a backward pass wants them.</param>
internal sealed record ConvLstmStates(Tensor Hidden, Tensor Cells, Tensor? Activated);
