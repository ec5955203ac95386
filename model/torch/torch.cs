using System.Runtime.InteropServices;
using ConvLstm.Nowcast.Torch.Interop;

namespace ConvLstm.Nowcast.Torch;

/// <summary>
/// The part of PyTorch that ConvLstm.Nowcast uses, under the names and signatures of TorchSharp 0.107, over the
/// libtorch of the machine. Where a member says nothing else, it does what the operator of that name does in PyTorch.
/// </summary>
public static partial class torch
{
    public static readonly ScalarType float32 = ScalarType.Float32;
    public static readonly ScalarType float64 = ScalarType.Float64;
    public static readonly ScalarType int64 = ScalarType.Int64;
    public static readonly ScalarType uint8 = ScalarType.Byte;
    public static readonly ScalarType @bool = ScalarType.Bool;

    /// <summary>The version of the libtorch that the shim was built against, such as 1.13.1.</summary>
    public static string __version__ => Marshal.PtrToStringUTF8(Native.ct_version())!;

    public static int get_num_threads() => Native.ct_get_num_threads();

    public static void set_num_threads(int num) => Native.Check(Native.ct_set_num_threads(num));

    /// <summary>Seeds the generators of all devices.</summary>
    public static void manual_seed(long seed) => Native.Check(Native.ct_manual_seed((ulong)seed));

    public static unsafe class cuda
    {
        public static bool is_available()
        {
            int available;
            Native.Check(Native.ct_cuda_available(&available));
            return available != 0;
        }

        /// <summary>Waits until the device has done what it was given.</summary>
        public static void synchronize(Device? device = null) => Native.Check(Native.ct_cuda_synchronize(device?.index ?? -1));
    }
}
