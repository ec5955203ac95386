using System.Text;
using ConvLstm.Nowcast.Ingest.Formats.Radolan;
using ConvLstm.Nowcast.Ingest.NetCdf;

namespace ConvLstm.Nowcast.Ingest.Formats;

internal enum FileKind
{
    Empty,
    Hdf5,
    ClassicNetCdf,
    Gzip,
    Bzip2,
    UnixCompress,
    Tar,
    Zip,
    Radolan,
    Grib,
    Tiff,
    Png,
    Gif,
    PortableGreyMap,
    Jpeg,
    Bmp,
    Bufr,
    Hdf4,
    Xz,
    Zstandard,
    SevenZip,
    Nexrad,
    Iris,
    UniversalFormat,
    Rainbow,
    Markup,
    Text,
    Unknown,
}

/// <summary>What a file is by its first bytes; names prove nothing.</summary>
internal static class FileKinds
{
    // The name and checksum of a member of a tar: https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html, ustar header block.
    private const int TarBlock = 512, TarMagic = 257, TarChecksum = 148;

    private static readonly (byte[] Start, FileKind Kind)[] Marks =
    [
        // https://docs.unidata.ucar.edu/netcdf-c/current/file_format_specifications.html: CDF-1, CDF-2 and CDF-5
        ([.. "CDF"u8, 1], FileKind.ClassicNetCdf), ([.. "CDF"u8, 2], FileKind.ClassicNetCdf), ([.. "CDF"u8, 5], FileKind.ClassicNetCdf),
        // RFC 1952, section 2.3.1
        ([0x1F, 0x8B], FileKind.Gzip),
        ([0x1F, 0x9D], FileKind.UnixCompress),
        ([.. "BZh"u8], FileKind.Bzip2),
        ([0xFD, .. "7zXZ"u8, 0], FileKind.Xz),
        ([0x28, 0xB5, 0x2F, 0xFD], FileKind.Zstandard),
        ([.. "7z"u8, 0xBC, 0xAF], FileKind.SevenZip),
        ([.. "PK"u8, 3, 4], FileKind.Zip), ([.. "PK"u8, 5, 6], FileKind.Zip),
        // TIFF 6.0, section 2, and BigTIFF
        ([.. "II"u8, 42, 0], FileKind.Tiff), ([.. "MM"u8, 0, 42], FileKind.Tiff), ([.. "II"u8, 43, 0], FileKind.Tiff),
            ([.. "MM"u8, 0, 43], FileKind.Tiff),
        ([0x89, .. "PNG"u8], FileKind.Png),
        ([.. "GIF8"u8], FileKind.Gif),
        ([0xFF, 0xD8, 0xFF], FileKind.Jpeg),
        ([.. "BM"u8], FileKind.Bmp),
        ([.. "BUFR"u8], FileKind.Bufr),
        ([0x0E, 0x03, 0x13, 0x01], FileKind.Hdf4),
        ([.. "AR2V"u8], FileKind.Nexrad), ([.. "ARCHIVE2"u8], FileKind.Nexrad), ([.. "SDUS"u8], FileKind.Nexrad),
        // The first structure of an IRIS product (26) or raw volume (27), IRIS Programmer's Manual, structure_header.
        ([26, 0, 3, 0], FileKind.Iris), ([27, 0, 8, 0], FileKind.Iris), ([27, 0, 3, 0], FileKind.Iris),
        ([.. "UF"u8], FileKind.UniversalFormat), ([0, 0, .. "UF"u8], FileKind.UniversalFormat),
        ([.. "<volume"u8], FileKind.Rainbow), ([.. "<product"u8], FileKind.Rainbow),
    ];

    /// <exception cref="ReportedException">It is not there, may not be read, or is no regular file.</exception>
    internal static FileKind Read(string path)
    {
        using var stream = RegularFile.Open(path);
        Span<byte> head = stackalloc byte[2048 + 8];
        return Of(head[..stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)]);
    }

    internal static string Describe(FileKind kind) => kind switch
    {
        FileKind.Empty => "empty",
        FileKind.Text => "a text file",
        FileKind.Markup => "a web page or XML",
        FileKind.Gzip or FileKind.Bzip2 or FileKind.UnixCompress or FileKind.Tar or FileKind.Zip => "an archive in archives in an archive",
        FileKind.Jpeg => "a JPEG picture, whose compression changes the values",
        FileKind.Bmp => "a BMP picture",
        FileKind.Bufr => "a BUFR message",
        FileKind.Hdf4 => "an HDF4 file",
        FileKind.Xz => "compressed by xz",
        FileKind.Zstandard => "compressed by zstd",
        FileKind.SevenZip => "a 7z archive",
        FileKind.Nexrad => "NEXRAD data of one radar (level 2 or 3)",
        FileKind.Iris => "a Sigmet IRIS file",
        FileKind.UniversalFormat => "polar data in the Universal Format",
        FileKind.Rainbow => "a Rainbow 5 file",
        _ => "of an unknown kind",
    };

    private static FileKind Of(ReadOnlySpan<byte> head)
    {
        if (head.IsEmpty)
            return FileKind.Empty;
        // The first member of a tar begins where the user block of an HDF5 file may end.
        if (IsTar(head))
            return FileKind.Tar;
        foreach (var offset in (ReadOnlySpan<int>)[0, 512, 1024, 2048])
        {
            if (head.Length >= offset + Hdf5Signature.Length && Hdf5Signature.Begins(head[offset..]))
                return FileKind.Hdf5;
        }
        if (RadolanHeader.Begins(head))
            return FileKind.Radolan;
        if (head.Length > 2 && head[0] == 'P' && head[1] is (byte)'2' or (byte)'5' && char.IsWhiteSpace((char)head[2]))
            return FileKind.PortableGreyMap;
        foreach (var (start, kind) in Marks)
        {
            if (head.StartsWith(start) && !(kind is FileKind.Bmp or FileKind.UniversalFormat && IsText(head)))
                return kind;
        }
        // A bulletin header of the WMO may stand before the message (Manual on the GTS, attachment II-5).
        if (head[..Math.Min(head.Length, 200)].IndexOf("GRIB"u8) is >= 0 and var at && head.Length > at + 7 && head[at + 7] is 1 or 2)
            return FileKind.Grib;
        if (head[..Math.Min(head.Length, 200)].IndexOf("BUFR"u8) is >= 0 and < 60)
            return FileKind.Bufr;
        if (!IsText(head))
            return FileKind.Unknown;
        return Encoding.ASCII.GetString(head).TrimStart().StartsWith('<') ? FileKind.Markup : FileKind.Text;
    }

    // The sum of the block's bytes, with its own eight as blanks: a name that says 'ustar' is not enough, and old archives have none.
    private static bool IsTar(ReadOnlySpan<byte> head)
    {
        if (head.Length < TarBlock || (head[0] == 0 && !head[TarMagic..].StartsWith("ustar"u8)))
            return false;
        var sum = 8 * ' ';
        for (var i = 0; i < TarBlock; i++)
            sum += i is >= TarChecksum and < TarChecksum + 8 ? 0 : head[i];
        var written = 0;
        foreach (var digit in head.Slice(TarChecksum, 8))
        {
            if (digit is >= (byte)'0' and <= (byte)'7')
                written = (written * 8) + digit - '0';
            else if (digit is not ((byte)' ' or 0))
                return false;
        }
        return sum == written;
    }

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
