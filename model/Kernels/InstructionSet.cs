using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ConvLstm.Nowcast.Model.Kernels;

/// <summary>What the loops are compiled for.</summary>
public enum InstructionSet
{
    /// <summary>Any processor: what is left over at the end of a loop, and tests.</summary>
    Scalar,

    /// <summary>With FMA.</summary>
    Avx2,

    Avx512,
}

internal static class InstructionSets
{
    /// <summary>
    /// The widest that this processor has and the runtime uses (<c>DOTNET_EnableAVX512=0</c> and <c>DOTNET_EnableAVX2=0</c> turn them
    /// off).
    /// </summary>
    internal static InstructionSet Best { get; } =
        Enum.GetValues<InstructionSet>().Where(IsSupported).Max();

    internal static bool IsSupported(InstructionSet set) => set switch
    {
        InstructionSet.Avx512 => Vector512.IsHardwareAccelerated && Avx512F.IsSupported,
        InstructionSet.Avx2 => Avx2.IsSupported && Fma.IsSupported,
        _ => true,
    };
}
