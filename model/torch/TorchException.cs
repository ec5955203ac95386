using System.Runtime.InteropServices;

namespace ConvLstm.Nowcast.Torch;

/// <summary>An error that libtorch reported; the message is its own.</summary>
public class TorchException : ExternalException
{
    public TorchException(string message)
        : base(message)
    {
    }
}

/// <summary>A tensor did not fit into the memory of its device.</summary>
public sealed class TorchOutOfMemoryException : TorchException
{
    public TorchOutOfMemoryException(string message)
        : base(message)
    {
    }
}
