using System.Runtime.InteropServices;

namespace ConvLstm.Nowcast.Ingest.NetCdf;

/// <summary>A call into libnetcdf failed; the message names the file, what was tried and the library's reason.</summary>
public sealed class NetCdfException : ReportedException
{
    internal NetCdfException(string path, string doing, int status)
        : base($"{path}: {doing} failed ({Explain(status)}).")
    {
        Path = path;
        Reason = $"{doing}: {Explain(status)}";
        Status = status;
    }

    internal NetCdfException(string path, string doing, string reason)
        : base($"{path}: {doing} failed ({reason.TrimEnd('.')}).")
    {
        Path = path;
        Reason = $"{doing}: {reason.TrimEnd('.')}";
    }

    private NetCdfException(string path, string refusal)
        : base($"{path}: {refusal}; publish it as one plain file that holds all of its data.")
    {
        Path = path;
        Reason = refusal;
        IsRefusal = true;
    }

    /// <summary>A file that is whole and is not opened all the same, because of what reading it would do.</summary>
    internal static NetCdfException Refusal(string path, string reason) => new(path, reason);

    /// <summary>True where the file is refused for what reading it would do; false where it cannot be read.</summary>
    public bool IsRefusal { get; }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>What was tried and why the library could not.</summary>
    public string Reason { get; }

    /// <summary>The status of the library, below 0 for its own errors and above 0 for those of the system; 0 where it gave none.</summary>
    public int Status { get; }

    private static unsafe string Explain(int status)
    {
        using (NativeNetCdf.Enter())
        {
            return Marshal.PtrToStringUTF8((IntPtr)NativeNetCdf.nc_strerror(status)) ?? $"status {status}";
        }
    }
}
