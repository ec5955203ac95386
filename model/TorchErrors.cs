using System.Runtime.InteropServices;

namespace ConvLstm.Nowcast.Model;

/// <summary>
/// What an exception means. TorchSharp throws <see cref="ExternalException"/> with the message of libtorch for whatever it reports.
/// </summary>
public static class TorchErrors
{
    // The names of the exception in libtorch, and what its CPU allocator says (c10/core/impl/alloc_cpu.cpp).
    private static readonly string[] Signs = ["out of memory", "OutOfMemoryError", "not enough memory", "can't allocate memory"];

    /// <summary>Whether libtorch reported it. Classes that derive from it, such as those of Npgsql, are others' errors.</summary>
    public static bool IsTorch(Exception error)
    {
        ArgumentNullException.ThrowIfNull(error);
        return error.GetType() == typeof(ExternalException);
    }

    /// <summary>Whether a tensor, or what a kernel works in, did not fit into the memory of its device.</summary>
    public static bool IsOutOfMemory(Exception error) => error is OutOfMemoryException
        || (IsTorch(error) && Signs.Any(sign => error.Message.Contains(sign, StringComparison.OrdinalIgnoreCase)));
}
