namespace ConvLstm.Nowcast.Torch; public static partial class torch { }

