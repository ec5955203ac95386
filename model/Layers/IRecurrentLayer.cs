namespace ConvLstm.Nowcast.Model.Layers;

/// <summary>A layer that reads images one after the other and remembers.</summary>
/// <typeparam name="TState">What it remembers.</typeparam>
public interface IRecurrentLayer<TState>
    where TState : struct
{
    /// <summary>All steps of a sequence.</summary>
    /// <param name="inputs">(steps·N, in, H, W), time first; null where the layer has no input.</param>
    /// <param name="steps">How many.</param>
    /// <param name="start">The state before the first step, null for zeros.</param>
    /// <returns>The hidden states of all steps, (steps·N, hidden, H, W), and the state after the last one.</returns>
    (Tensor Hidden, TState Last) Unroll(Tensor? inputs, long steps, TState? start);
}
