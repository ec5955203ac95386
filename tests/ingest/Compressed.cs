using System.IO.Compression;

namespace ConvLstm.Nowcast.Tests.Ingest;

/// <summary>gzip-compressed copies of files.</summary>
internal static class Compressed
{
    /// <summary>The copy beside the file, named <c>FILE.gz</c>.</summary>
    internal static string CopyOf(string path)
    {
        using var target = new GZipStream(File.Create(path + ".gz"), CompressionLevel.Fastest);
        target.Write(File.ReadAllBytes(path));
        return path + ".gz";
    }
}
