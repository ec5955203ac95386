namespace ConvLstm.Nowcast.Model.Layers;

/// <summary>What a ConvLSTM layer remembers: hidden and cell state, each (N, hidden, H, W).</summary>
public readonly record struct ConvLstmState(Tensor Hidden, Tensor Cell);
