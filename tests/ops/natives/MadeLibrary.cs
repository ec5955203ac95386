using System.Buffers.Binary;
using System.Text;

namespace ConvLstm.Nowcast.Tests.Ops.Natives;

/// <summary>A shared library of nothing but imported symbols and the versions that it asks for.</summary>
internal static class MadeLibrary
{
    private const int Header = 64, SectionBytes = 64, SymbolBytes = 24, Need = 16;

    /// <param name="version">The version that the symbols of <paramref name="versioned"/> are asked for in; they come first.</param>
    /// <param name="versioned">Symbols of that version.</param>
    /// <param name="others">Symbols of none.</param>
    internal static byte[] Of(string version, string[] versioned, params string[] others)
    {
        string[] symbols = ["", .. versioned, .. others];
        var names = new MemoryStream();
        uint Name(string text)
        {
            var at = (uint)names.Length;
            names.Write(Encoding.ASCII.GetBytes(text + "\0"));
            return at;
        }

        var table = new byte[symbols.Length * SymbolBytes];
        var versions = new byte[symbols.Length * sizeof(ushort)];
        for (var i = 0; i < symbols.Length; i++)
        {
            Put(table, i * SymbolBytes, Name(symbols[i]));
            Put(versions, i * sizeof(ushort), (ushort)(i == 0 ? 0 : i <= versioned.Length ? 3 : 1));
        }
        // One library with two versions: an old one that nothing here is asked for in, and this one.
        var needs = new byte[3 * Need];
        Put(needs, 0, (ushort)1);
        Put(needs, 2, (ushort)2);
        Put(needs, 4, Name("libstdc++.so.6"));
        Put(needs, 8, (uint)Need);
        Put(needs, Need + 6, (ushort)2);
        Put(needs, Need + 8, Name("GLIBCXX_3.4"));
        Put(needs, Need + 12, (uint)Need);
        Put(needs, (2 * Need) + 6, (ushort)3);
        Put(needs, (2 * Need) + 8, Name(version));
        return File((0, 0, []), (11, 2, table), (3, 0, names.ToArray()), (0x6FFFFFFF, 1, versions), (0x6FFFFFFE, 2, needs));
    }

    private static byte[] File(params (uint Type, uint Link, byte[] Content)[] sections)
    {
        var contents = sections.Sum(s => s.Content.Length);
        var file = new byte[Header + contents + (sections.Length * SectionBytes)];
        new byte[] { 0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1 }.CopyTo(file, 0);
        Put(file, 0x28, (ulong)(Header + contents));
        Put(file, 0x3A, (ushort)SectionBytes);
        Put(file, 0x3C, (ushort)sections.Length);
        var at = Header;
        for (var i = 0; i < sections.Length; i++)
        {
            var header = Header + contents + (i * SectionBytes);
            sections[i].Content.CopyTo(file, at);
            Put(file, header + 0x04, sections[i].Type);
            Put(file, header + 0x18, (ulong)at);
            Put(file, header + 0x20, (ulong)sections[i].Content.Length);
            Put(file, header + 0x28, sections[i].Link);
            at += sections[i].Content.Length;
        }
        return file;
    }

    private static void Put(byte[] file, int at, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(at), value);

    private static void Put(byte[] file, int at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(at), value);

    private static void Put(byte[] file, int at, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(at), value);
}
