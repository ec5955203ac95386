using ConvLstm.Nowcast.Ingest.NetCdf;

namespace ConvLstm.Nowcast.Ingest.Formats;

internal enum FileKind
{
    Empty,
    Hdf5,
    ClassicNetCdf,
    Gzip,
    Text,
    Unknown,
}

/// <summary>What a file is by its first bytes; names prove nothing.</summary>
internal static class FileKinds
{
    internal static FileKind Read(string path)
    {
        using var stream = UnlockedFile.Open(path);
        Span<byte> head = stackalloc byte[2048 + 8];
        head = head[..stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)];
        if (head.IsEmpty)
            return FileKind.Empty;
        foreach (var offset in (ReadOnlySpan<int>)[0, 512, 1024, 2048])
        {
            if (head.Length >= offset + Hdf5Signature.Length && Hdf5Signature.Begins(head[offset..]))
                return FileKind.Hdf5;
        }
        // https://docs.unidata.ucar.edu/netcdf-c/current/file_format_specifications.html: CDF-1, CDF-2 and CDF-5
        if (head.Length > 3 && head.StartsWith("CDF"u8) && head[3] is 1 or 2 or 5)
            return FileKind.ClassicNetCdf;
        // RFC 1952, section 2.3.1
        if (head.Length > 2 && head[0] == 0x1F && head[1] == 0x8B)
            return FileKind.Gzip;
        return IsText(head) ? FileKind.Text : FileKind.Unknown;
    }

    internal static string Describe(FileKind kind) => kind switch
    {
        FileKind.Empty => "empty",
        FileKind.Text => "a text file",
        FileKind.Gzip => "gzip inside gzip",
        _ => "of an unknown kind",
    };

    private static bool IsText(ReadOnlySpan<byte> head)
    {
        foreach (var b in head)
        {
            if (b < 0x20 && b is not ((byte)'\n' or (byte)'\r' or (byte)'\t' or 0x0C))
                return false;
        }
        return true;
    }
}
