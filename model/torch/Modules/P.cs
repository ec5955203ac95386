namespace ConvLstm.Nowcast.Torch.Modules; public sealed class Placeholder { }
