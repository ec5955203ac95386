using System.Buffers.Binary;
using System.IO.Compression;

namespace ConvLstm.Nowcast.Jobs.Web.Frames;

/// <summary>PNG pictures with a palette, https://www.w3.org/TR/png-3/; the index of a pixel is its code. Skia writes no palettes, and
/// without one a frame is three times as large and slower to make.</summary>
internal static class IndexedPng
{
    private static readonly uint[] CrcTable = MakeCrcTable();

    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="indices">Row-major.</param>
    /// <param name="colours">RGBA of each index, 256 of them.</param>
    internal static byte[] Encode(int width, int height, ReadOnlySpan<byte> indices, ReadOnlySpan<uint> colours)
    {
        using var png = new MemoryStream();
        png.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]);
        Span<byte> header = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], height);
        // Eight bits, indexed colour, deflate, no filter before it, not interlaced: §11.2.1.
        (header[8], header[9]) = (8, 3);
        Chunk(png, "IHDR"u8, header);
        Span<byte> palette = stackalloc byte[3 * colours.Length];
        Span<byte> alpha = stackalloc byte[colours.Length];
        for (var i = 0; i < colours.Length; i++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(palette[(3 * i)..], (ushort)(colours[i] >> 16));
            palette[(3 * i) + 2] = (byte)(colours[i] >> 8);
            alpha[i] = (byte)colours[i];
        }
        Chunk(png, "PLTE"u8, palette);
        Chunk(png, "tRNS"u8, alpha);
        Chunk(png, "IDAT"u8, Compress(width, height, indices));
        Chunk(png, "IEND"u8, []);
        return png.ToArray();
    }

    private static byte[] Compress(int width, int height, ReadOnlySpan<byte> indices)
    {
        using var data = new MemoryStream();
        using (var zlib = new ZLibStream(data, CompressionLevel.Fastest, leaveOpen: true))
        {
            for (var row = 0; row < height; row++)
            {
                // Filter type 0: neighbours of an index say little of it.
                zlib.WriteByte(0);
                zlib.Write(indices.Slice(row * width, width));
            }
        }
        return data.ToArray();
    }

    private static void Chunk(MemoryStream png, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        png.Write(number);
        png.Write(type);
        png.Write(data);
        BinaryPrimitives.WriteUInt32BigEndian(number, ~Crc(Crc(uint.MaxValue, type), data));
        png.Write(number);
    }

    /// <summary>CRC-32 as annex D has it.</summary>
    private static uint Crc(uint crc, ReadOnlySpan<byte> bytes)
    {
        foreach (var b in bytes)
            crc = CrcTable[(byte)(crc ^ b)] ^ (crc >> 8);
        return crc;
    }

    private static uint[] MakeCrcTable()
    {
        var table = new uint[256];
        for (var n = 0u; n < table.Length; n++)
        {
            var c = n;
            for (var k = 0; k < 8; k++)
                c = (c & 1) == 1 ? 0xEDB88320 ^ (c >> 1) : c >> 1;
            table[n] = c;
        }
        return table;
    }
}
