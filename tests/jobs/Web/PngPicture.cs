using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace ConvLstm.Nowcast.Tests.Jobs.Web;

/// <summary>Reads PNG pictures of 8 bits, https://www.w3.org/TR/png-3/: palette, RGB or RGBA, without interlacing.</summary>
internal sealed class PngPicture
{
    private const int IndexedType = 3, RgbaType = 6;
    private readonly int _type;
    private readonly byte[] _palette = [], _alpha = [];

    internal PngPicture(byte[] file)
    {
        using var data = new MemoryStream();
        for (var at = 8; at < file.Length;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(at));
            var body = file.AsSpan(at + 8, length);
            switch (Encoding.ASCII.GetString(file, at + 4, 4))
            {
                case "IHDR":
                    (Width, Height, _type) =
                        (BinaryPrimitives.ReadInt32BigEndian(body), BinaryPrimitives.ReadInt32BigEndian(body[4..]), body[9]);
                    break;
                case "PLTE": _palette = body.ToArray(); break;
                case "tRNS": _alpha = body.ToArray(); break;
                case "IDAT": data.Write(body); break;
            }
            at += length + 12;
        }
        data.Position = 0;
        Channels = _type switch { IndexedType => 1, RgbaType => 4, _ => 3 };
        Bytes = Unfilter(data);
    }

    internal int Width { get; }

    internal int Height { get; }

    internal int Channels { get; }

    /// <summary>Indices, or the channels of each pixel.</summary>
    internal byte[] Bytes { get; }

    internal byte Index(int x, int y) => _type == IndexedType ? Bytes[(y * Width) + x] : throw new InvalidOperationException("no palette");

    /// <summary>RGBA.</summary>
    internal uint Colour(int x, int y)
    {
        var at = ((y * Width) + x) * Channels;
        return _type == IndexedType
            ? (uint)((_palette[3 * Bytes[at]] << 24) | (_palette[(3 * Bytes[at]) + 1] << 16) | (
                _palette[(3 * Bytes[at]) + 2] << 8) | _alpha[Bytes[at]])
            : (uint)((Bytes[at] << 24) | (Bytes[at + 1] << 16) | (Bytes[at + 2] << 8) | (_type == RgbaType ? Bytes[at + 3] : 255));
    }

    private byte[] Unfilter(Stream data)
    {
        using var zlib = new ZLibStream(data, CompressionMode.Decompress);
        var stride = Width * Channels;
        var bytes = new byte[stride * Height];
        for (var row = 0; row < Height; row++)
        {
            var filter = zlib.ReadByte();
            zlib.ReadExactly(bytes, row * stride, stride);
            for (var i = 0; i < stride; i++)
            {
                int at = (row * stride) + i, left = i < Channels ? 0 : bytes[at - Channels], up = row == 0 ? 0 : bytes[at - stride];
                var corner = row == 0 || i < Channels ? 0 : bytes[at - stride - Channels];
                bytes[at] += (byte)(filter switch { 0 => 0, 1 => left, 2 => up, 3 => (left + up) / 2, _ => Paeth(left, up, corner) });
            }
        }
        return bytes;
    }

    private static int Paeth(int left, int up, int corner)
    {
        var (a, b, c) = (Math.Abs(up - corner), Math.Abs(left - corner), Math.Abs(left + up - (2 * corner)));
        return a <= b && a <= c ? left : b <= c ? up : corner;
    }
}
