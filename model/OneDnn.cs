using System.Runtime.InteropServices;

namespace ConvLstm.Nowcast.Model;

/// <summary>
/// The library that libtorch convolves with on the CPU. That of libtorch 2.10 (oneDNN 3.7.1) gives wrong results on some processors
/// without a word: it works on blocks of 8 or 16 channels, and where channels do not fill the last one, what its memory held before goes
/// into the sums (seen on AMD's family 26 with AVX2 and AVX-512, not with SSE4.1). So it is tried first, and where it errs libtorch's own
/// convolutions take its place, slower by two.
/// </summary>
public static partial class OneDnn
{
    private const int Tries = 3, Rows = 10, Columns = 12, Block = 16;
    private const double Tolerance = 1e-4;

    private static readonly Lazy<bool> Sound = new(Try);

    /// <summary>Tries it once in the life of a process and turns it off where it errs.</summary>
    /// <returns>Whether libtorch convolves with it.</returns>
    public static bool Ensure() => Sound.Value;

    private static bool Try()
    {
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        // On a processor that it does not know, NNPACK writes a line to stderr for each convolution.
        setUserEnabledNNPACK(globalContext(), 0);
        for (var i = 0; i < Tries; i++)
        {
            foreach (var (input, output) in new[] { (24L, 40L), (5L, 20L) })
            {
                if (Errs(input, output))
                {
                    setUserEnabledMkldnn(globalContext(), 0);
                    return false;
                }
            }
        }
        return true;
    }

    private static bool Errs(long input, long output)
    {
        // No random numbers: a seed means the same on every machine.
        var images = arange(2 * input * Rows * Columns, float32).sin().view(2, input, Rows, Columns);
        var weight = arange(output * input * 9, float32).cos().view(output, input, 3, 3);
        Dirty(2 * Filled(input) * Rows * Columns, 2 * Filled(output) * Rows * Columns, Filled(output) * Filled(input) * 9);
        var transposed = nn.functional.conv_transpose2d(nn.functional.conv2d(images, weight, padding: [1, 1]), weight, padding: [1, 1]);
        var (wide, wideWeight) = (images.to_type(float64), weight.to_type(float64));
        var expected = nn.functional.conv_transpose2d(nn.functional.conv2d(wide, wideWeight, padding: [1, 1]), wideWeight, padding: [1, 1]);
        return !((transposed - expected).abs().max().item<double>() < Tolerance * expected.abs().max().item<double>());
    }

    private static long Filled(long channels) => (channels + Block - 1) / Block * Block;

    /// <summary>Leaves blocks of these sizes to the next ones who ask for memory, without a number in them.</summary>
    private static void Dirty(params long[] sizes)
    {
        using var scope = NewDisposeScope();
        foreach (var size in sizes)
            full([size], float.NaN);
    }

    // The settings of at::Context that TorchSharp does not have, by their names in libtorch 2.10.
    [LibraryImport("torch_cpu", EntryPoint = "_ZN2at13globalContextEv")]
    private static partial nint globalContext();

    [LibraryImport("torch_cpu", EntryPoint = "_ZN2at7Context20setUserEnabledMkldnnEb")]
    private static partial void setUserEnabledMkldnn(nint context, byte enabled);

    [LibraryImport("torch_cpu", EntryPoint = "_ZN2at7Context20setUserEnabledNNPACKEb")]
    private static partial void setUserEnabledNNPACK(nint context, byte enabled);
}
