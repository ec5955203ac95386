using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ConvLstm.Nowcast.Model;

/// <summary>
/// The settings of libgomp, which libtorch computes with. It reads them from the environment of the C library when it is loaded, which
/// .NET's own variables do not reach: they are set before anything in this assembly can call libtorch. What the user has set stays.
/// </summary>
internal static partial class OpenMpSettings
{
    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "libgomp is loaded by whoever touches the first tensor.")]
    internal static void Set()
    {
        // A thread that waits must sleep: spinning OpenMP threads on a busy two-core machine cost a factor of three to five.
        SetDefault("OMP_WAIT_POLICY", "passive");
        // The second hardware thread of a core adds nothing to arithmetic that fills the first.
        SetDefault("OMP_NUM_THREADS", Processors.PhysicalCores().ToString(CultureInfo.InvariantCulture));
    }

    private static void SetDefault(string name, string value)
    {
        if (setenv(name, value, 0) != 0)
            throw new InvalidOperationException($"{name} cannot be set: the C library refuses with error {Marshal.GetLastPInvokeError()}.");
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int setenv(string name, string value, int overwrite);
}
