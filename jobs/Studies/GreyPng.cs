using System.Buffers.Binary;
using System.IO.Compression;
using ConvLstm.Nowcast.Ingest;

namespace ConvLstm.Nowcast.Jobs.Studies;

/// <summary>Reads PNG pictures, https://www.w3.org/TR/png-3/, of eight bits a sample that are not interlaced, as grey values.</summary>
internal static class GreyPng
{
    private static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <returns>Columns, and grey values on [0, 1], row-major.</returns>
    /// <exception cref="ReportedException">It is no such picture.</exception>
    internal static (int Width, float[] Pixels) Read(string path)
    {
        var file = File.ReadAllBytes(path);
        if (file.Length < 33 || !file.AsSpan(0, 8).SequenceEqual(Signature) || file[24] != 8 || file[28] != 0)
            throw new ReportedException($"{path} is not a PNG picture of eight bits that is not interlaced: convert it.");
        var (width, height, colour) = (BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(16)), BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(20)), file[25]);
        try
        {
            return (width, Pixels(file, width, height, colour));
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or ArgumentException or IndexOutOfRangeException)
        {
            throw new ReportedException($"{path} is a damaged PNG picture: {e.Message}", e);
        }
    }

    private static float[] Pixels(byte[] file, int width, int height, int colour)
    {
        var samples = colour switch { 0 or 3 => 1, 2 => 3, 4 => 2, _ => 4 };
        var palette = Array.Empty<byte>();
        using var packed = new MemoryStream();
        for (var at = 8; at + 12 <= file.Length;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(at));
            var type = file.AsSpan(at + 4, 4);
            if (type.SequenceEqual("IDAT"u8))
                packed.Write(file, at + 8, length);
            else if (type.SequenceEqual("PLTE"u8))
                palette = file.AsSpan(at + 8, length).ToArray();
            at += length + 12;
        }
        packed.Position = 0;
        using var data = new ZLibStream(packed, CompressionMode.Decompress);
        var (before, line) = (new byte[width * samples], new byte[width * samples]);
        var grey = new float[width * height];
        for (var row = 0; row < height; row++)
        {
            var filter = data.ReadByte();
            data.ReadExactly(line);
            Unfilter(filter, line, before, samples);
            for (var column = 0; column < width; column++)
                grey[(row * width) + column] = Luma(line.AsSpan(column * samples), colour, palette);
            (before, line) = (line, before);
        }
        return grey;
    }

    /// <summary>Section 9.2.</summary>
    private static void Unfilter(int filter, byte[] line, byte[] before, int samples)
    {
        for (var i = 0; i < line.Length; i++)
        {
            int left = i < samples ? 0 : line[i - samples], up = before[i], corner = i < samples ? 0 : before[i - samples];
            line[i] += (byte)(filter switch { 1 => left, 2 => up, 3 => (left + up) / 2, 4 => Paeth(left, up, corner), _ => 0 });
        }
    }

    private static int Paeth(int left, int up, int corner)
    {
        var (a, b, c) = (Math.Abs(up - corner), Math.Abs(left - corner), Math.Abs(left + up - (2 * corner)));
        return a <= b && a <= c ? left : b <= c ? up : corner;
    }

    /// <summary>ITU-R BT.601.</summary>
    private static float Luma(ReadOnlySpan<byte> pixel, int colour, byte[] palette)
    {
        if (colour == 3)
            pixel = palette.AsSpan(pixel[0] * 3);
        return colour is 0 or 4 ? pixel[0] / 255f : ((0.299f * pixel[0]) + (0.587f * pixel[1]) + (0.114f * pixel[2])) / 255f;
    }
}
