using ConvLstm.Nowcast.Ingest;

namespace ConvLstm.Nowcast.Model;

/// <summary>The device that a command line names.</summary>
public static class Devices
{
    /// <param name="name">cpu, cuda, cuda:N, or auto for CUDA where there is one.</param>
    /// <exception cref="ReportedException">No device of that name is there.</exception>
    public static Device Named(string name)
    {
        if (name == "auto")
            return Named(cuda.is_available() ? "cuda" : "cpu");
        if (name is not "cpu" && name.Split(':')[0] is not "cuda")
            throw new ReportedException($"There is no device '{name}': name cpu, cuda, cuda:N or auto.");
        if (name != "cpu" && !cuda.is_available())
            throw new ReportedException(
                $"--device {name}: libtorch {__version__} sees no GPU. Use --device cpu, or install an NVIDIA driver and build with "
                    + "ops/setup.sh --gpu.");
        // A forecast has no use for the digits that TensorFloat-32 leaves out.
        if (name != "cpu")
            backends.cuda.matmul.allow_tf32 = backends.cudnn.allow_tf32 = true;
        return device(name);
    }
}
