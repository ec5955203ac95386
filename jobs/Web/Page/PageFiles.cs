using System.Buffers.Binary;
using System.Text.Json;

namespace ConvLstm.Nowcast.Jobs.Web.Page;

/// <summary>A file of the web page.</summary>
/// <param name="Type">Its media type.</param>
/// <param name="Tag">Changes with its contents.</param>
/// <param name="IsBrotli">It is kept compressed, as nearly all who ask want it.</param>
/// <param name="Bytes">As kept.</param>
internal sealed record PageFile(string Type, string Tag, bool IsBrotli, ReadOnlyMemory<byte> Bytes);

/// <summary>
/// The files of the web page, which build.mjs packs into one resource of the program: four bytes of length, that much JSON
/// (name → type, tag, br, at, length), then the files.
/// </summary>
internal sealed class PageFiles
{
    private readonly Dictionary<string, PageFile> _files = new(StringComparer.Ordinal);

    private PageFiles(byte[] pack)
    {
        var length = BinaryPrimitives.ReadInt32LittleEndian(pack);
        foreach (var (name, entry) in JsonSerializer.Deserialize<Dictionary<string, Entry>>(pack.AsSpan(4, length),
            JsonSerializerOptions.Web)!)
            _files[name] = new(entry.Type, entry.Tag, entry.Br, pack.AsMemory(4 + length + entry.At, entry.Length));
    }

    private sealed record Entry(string Type, string Tag, bool Br, int At, int Length);

    /// <summary>Those in the program.</summary>
    internal static PageFiles Load()
    {
        using var resource = typeof(PageFiles).Assembly.GetManifestResourceStream("page.pack")
            ?? throw new InvalidOperationException("page.pack is not in the program.");
        var pack = new byte[resource.Length];
        resource.ReadExactly(pack);
        return new PageFiles(pack);
    }

    internal PageFile? Find(string name) => _files.GetValueOrDefault(name);
}
