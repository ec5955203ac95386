namespace ConvLstm.Nowcast.Torch;

/// <summary>What an exception means, whichever library of tensors threw it: TorchSharp has no classes of its own for errors.</summary>
public static class TorchErrors
{
    /// <summary>Whether libtorch reported it.</summary>
    public static bool IsTorch(Exception error) => error is TorchException;

    /// <summary>Whether a tensor did not fit into the memory of its device.</summary>
    public static bool IsOutOfMemory(Exception error) => error is TorchOutOfMemoryException;
}
