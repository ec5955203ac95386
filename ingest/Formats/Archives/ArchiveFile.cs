using System.Formats.Tar;
using System.IO.Compression;
using ICSharpCode.SharpZipLib;
using ICSharpCode.SharpZipLib.BZip2;
using ICSharpCode.SharpZipLib.Lzw;

namespace ConvLstm.Nowcast.Ingest.Formats.Archives;

/// <summary>
/// Opens what is in compressed files (gzip, bzip2, compress) and in archives of several (tar, zip), also of archives in archives.
/// </summary>
internal static class ArchiveFile
{
    /// <summary>A tar that is compressed is two, a compressed file in it three.</summary>
    internal const int MostLevels = 3;

    private const int TarBlock = 512;

    internal static bool Recognises(FileKind kind) =>
        kind is FileKind.Gzip or FileKind.Bzip2 or FileKind.UnixCompress or FileKind.Tar or FileKind.Zip;

    /// <exception cref="RadarFileException">It is damaged or too large, or nothing in it can be used: the first reason.</exception>
    internal static RadarFile Open(string location, string path, FileKind kind, RadarReadOptions options, int levels,
        UnpackingBudget budget)
    {
        var unpacked = new UnpackedFiles(path, budget);
        try
        {
            Unpack(location, path, kind, unpacked);
            return kind is FileKind.Tar or FileKind.Zip
                ? ArchiveMembers.Open(path, unpacked, options, levels, budget)
                : Single(path, unpacked, options, levels, budget);
        }
        catch
        {
            unpacked.Dispose();
            throw;
        }
    }

    // The name is that of the compressed file without its ending: it may hold the time.
    private static RadarFile Single(string path, UnpackedFiles unpacked, RadarReadOptions options, int levels, UnpackingBudget budget)
    {
        var file = RadarFormats.Open(unpacked.Files[0].Location, path, options, levels, budget);
        return file.Holding(unpacked);
    }

    private static void Unpack(string location, string path, FileKind kind, UnpackedFiles unpacked)
    {
        using var source = UnlockedFile.Open(location);
        try
        {
            switch (kind)
            {
                case FileKind.Gzip:
                    using (var gzip = new GZipStream(source, CompressionMode.Decompress))
                        unpacked.Add(null, gzip);
                    break;
                case FileKind.Bzip2:
                    using (var bzip2 = new BZip2InputStream(source))
                        unpacked.Add(null, bzip2);
                    break;
                case FileKind.UnixCompress:
                    using (var lzw = new LzwInputStream(source))
                        unpacked.Add(null, lzw);
                    break;
                case FileKind.Tar:
                    UnpackTar(source, unpacked);
                    break;
                default:
                    UnpackZip(source, unpacked);
                    break;
            }
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or SharpZipBaseException or FormatException
            or IndexOutOfRangeException or NotSupportedException or ArgumentException)
        {
            throw new RadarFileException(path, $"its {Name(kind)} data are damaged or cut short", "fetch it again", e);
        }
    }

    private static void UnpackTar(Stream source, UnpackedFiles unpacked)
    {
        // Blocks of zeros end an archive; one that was cut short between two members would else seem whole.
        var end = new byte[TarBlock];
        source.Position = Math.Max(0, source.Length - end.Length);
        source.ReadExactly(end);
        if (end.AsSpan().ContainsAnyExcept((byte)0))
            throw new InvalidDataException();
        source.Position = 0;
        using var tar = new TarReader(source);
        while (tar.GetNextEntry() is { } entry)
        {
            if (entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile
                && entry.DataStream is { } data && IsWanted(entry.Name))
                unpacked.Add(entry.Name, data);
        }
    }

    private static void UnpackZip(Stream source, UnpackedFiles unpacked)
    {
        using var zip = new ZipArchive(source, ZipArchiveMode.Read);
        foreach (var entry in zip.Entries.Where(e => e.Name.Length > 0 && IsWanted(e.FullName)))
        {
            using var data = entry.Open();
            unpacked.Add(entry.FullName, data);
        }
    }

    // What systems add for themselves: hidden files and the folder of macOS.
    private static bool IsWanted(string name) => !Path.GetFileName(name).StartsWith('.')
        && !name.StartsWith("__MACOSX", StringComparison.Ordinal);

    private static string Name(FileKind kind) => kind switch
    {
        FileKind.Gzip => "gzip",
        FileKind.Bzip2 => "bzip2",
        FileKind.UnixCompress => "compress (.Z)",
        FileKind.Tar => "tar",
        _ => "zip",
    };
}
