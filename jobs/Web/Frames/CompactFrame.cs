using System.Buffers.Binary;

namespace ConvLstm.Nowcast.Jobs.Web.Frames;

/// <summary>
/// The compact binary form of a frame, little-endian: "NCF1", u8 kind (0 rates, 1 per cent, 2 depths), u8 0, u16 columns, u16 rows, u16 0,
/// f32 lowest rate in mm/h (depth in mm), f32 factor from code to code; then a byte a pixel, row by row from the north.
/// </summary>
internal static class CompactFrame
{
    internal const int HeaderLength = 20;

    internal static byte[] Encode(Frame frame)
    {
        var bytes = new byte[HeaderLength + frame.Codes.Length];
        "NCF1"u8.CopyTo(bytes);
        bytes[4] = (byte)frame.Kind;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(6), checked((ushort)frame.Grid.Width));
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(8), checked((ushort)frame.Grid.Height));
        BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(12), RainCode.LowestMmH);
        BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(16), RainCode.Factor);
        frame.Codes.CopyTo(bytes, HeaderLength);
        return bytes;
    }
}
