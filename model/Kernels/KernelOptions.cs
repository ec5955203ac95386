namespace ConvLstm.Nowcast.Model.Kernels;

/// <summary>How kernels run. The number of threads changes no bit of what they give.</summary>
/// <param name="Instructions">What the loops are compiled for.</param>
/// <param name="Threads">At most so many, the calling one among them.</param>
internal readonly record struct KernelOptions(InstructionSet Instructions, int Threads)
{
    /// <summary>The widest vectors and as many threads as libtorch.</summary>
    internal static KernelOptions Default => new(InstructionSets.Best, get_num_threads());
}
