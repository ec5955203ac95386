using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;

namespace ConvLstm.Nowcast.Torch.Interop;

/// <summary>The C interface of <c>native/shim.h</c>.</summary>
internal static unsafe partial class Native
{
    private const string Library = "convlstm_torch";

    static Native()
    {
        // libgomp reads these once, when it is loaded, so they are set in the C environment before the first call.
        // A thread that waits must sleep: spinning OpenMP threads on a busy two-core machine cost a factor of five.
        _ = setenv("OMP_WAIT_POLICY", "passive", 0);
        // The second hardware thread of a core adds nothing to arithmetic that fills the first.
        _ = setenv("OMP_NUM_THREADS", Processors.PhysicalCores().ToString(CultureInfo.InvariantCulture), 0);
        NativeLibrary.SetDllImportResolver(typeof(Native).Assembly, Resolve);
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? paths)
    {
        if (name != Library)
            return 0;
        var file = Path.Combine(AppContext.BaseDirectory, "libconvlstm_torch.so");
        if (!File.Exists(file))
            throw new DllNotFoundException($"{file} is missing: build the solution again, with libtorch-dev installed (ops/setup.sh).");
        return NativeLibrary.Load(file);
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int setenv(string name, string value, int overwrite);

    [LibraryImport(Library)] internal static partial nint ct_error();
    [LibraryImport(Library)] internal static partial nint ct_version();
    [LibraryImport(Library)] internal static partial void ct_release(nint tensor);
    [LibraryImport(Library)] internal static partial int ct_info(nint tensor, TensorInfo* info);
    [LibraryImport(Library)] internal static partial int ct_shape(nint tensor, long* sizes, long* strides);
    [LibraryImport(Library)] internal static partial int ct_data(nint tensor, void** data);
    [LibraryImport(Library)] internal static partial int ct_set_requires_grad(nint tensor, int value);
    [LibraryImport(Library)] internal static partial int ct_grad(nint tensor, nint* grad);
    [LibraryImport(Library)] internal static partial int ct_set_grad(nint tensor, nint grad);
    [LibraryImport(Library)] internal static partial int ct_set_data(nint tensor, nint data);

    [LibraryImport(Library)]
    internal static partial int ct_backward(nint* tensors, nint* gradients, int count, int retainGraph, int createGraph);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int ct_operator(string name, string overload, nint* result);

    [LibraryImport(Library)]
    internal static partial int ct_call(nint op, NativeValue* arguments, int count, NativeValue** results, int* resultCount);

    [LibraryImport(Library)] internal static partial int ct_get_num_threads();
    [LibraryImport(Library)] internal static partial int ct_set_num_threads(int count);
    [LibraryImport(Library)] internal static partial int ct_manual_seed(ulong seed);
    [LibraryImport(Library)] internal static partial int ct_grad_enabled();
    [LibraryImport(Library)] internal static partial void ct_set_grad_enabled(int enabled);
    [LibraryImport(Library)] internal static partial int ct_cuda_available(int* available);
    [LibraryImport(Library)] internal static partial int ct_cuda_synchronize(int index);
    [LibraryImport(Library)] internal static partial int ct_cpu_memory(long* inUse, long* cached, long* peak);
    [LibraryImport(Library)] internal static partial int ct_empty_cache();
    [LibraryImport(Library)] internal static partial int ct_set_allow_tf32(int convolutions, int products);
    [LibraryImport(Library)] internal static partial int ct_allow_tf32(int* convolutions, int* products);
    [LibraryImport(Library)] internal static partial int ct_set_autocast(int deviceType, int on, int* before);
    [LibraryImport(Library)] internal static partial int ct_cuda_bfloat16(int* supported);
    [LibraryImport(Library)] internal static partial int ct_graphs_available();
    [LibraryImport(Library)] internal static partial int ct_graph_new(nint* made);
    [LibraryImport(Library)] internal static partial int ct_graph_begin(nint graph);
    [LibraryImport(Library)] internal static partial int ct_graph_end(nint graph);
    [LibraryImport(Library)] internal static partial int ct_graph_leave(nint graph);
    [LibraryImport(Library)] internal static partial int ct_graph_replay(nint graph);
    [LibraryImport(Library)] internal static partial int ct_graph_free(nint graph);

    /// <summary>Turns a status of the shim into the exception that belongs to it.</summary>
    internal static void Check(int status)
    {
        if (status == 0)
            return;
        var message = Marshal.PtrToStringUTF8(ct_error()) ?? "libtorch reported an error without a message";
        throw status == 2 ? new TorchOutOfMemoryException(message) : new TorchException(message);
    }
}

/// <summary><c>ct_tensor_info</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TensorInfo
{
    internal long Dimensions, Elements, ElementSize;
    internal int Type, DeviceType, DeviceIndex, RequiresGrad, IsLeaf, IsContiguous;
}

/// <summary><c>ct_value</c>: a number in place, or a pointer with the number of elements behind it.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeValue
{
    internal ValueTag Tag;
    internal int Count;
    internal long Bits;
}

/// <summary><c>ct_tag</c>.</summary>
internal enum ValueTag
{
    None, Tensor, Int, Double, Bool, Ints, Doubles, Tensors, String,
}
