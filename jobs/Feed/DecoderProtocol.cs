using System.Buffers.Binary;
using System.Text;
using ConvLstm.Nowcast.Ingest;

namespace ConvLstm.Nowcast.Jobs.Feed;

/// <summary>
/// What the service and its decoders say to each other over the decoder's standard input and output: messages of a length in four
/// bytes (little-endian) and as many bytes, the first of which says what it is. The decoder begins, with one that says it is ready.
/// </summary>
internal static class DecoderProtocol
{
    // The largest answer is a scan; no grid that is read has more pixels than 160 million.
    private const int LongestMessage = 700_000_000;

    internal enum Question : byte
    {
        /// <summary>The path of a file follows, what errors call it, and what its source leaves open, as JSON.</summary>
        Open,

        /// <summary>The index of a scan follows.</summary>
        Read,
    }

    internal enum Answer : byte
    {
        /// <summary>The contents or the pixels follow; nothing where the decoder is ready.</summary>
        Done,

        /// <summary>One line for a person follows: the file cannot be used.</summary>
        Unusable,

        /// <summary>One line for a person follows: it cannot be read now, which is not its fault.</summary>
        NotNow,
    }

    internal static async Task WriteAsync(Stream stream, ReadOnlyMemory<byte> message, CancellationToken cancellation)
    {
        var length = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, message.Length);
        await stream.WriteAsync(length, cancellation);
        await stream.WriteAsync(message, cancellation);
        await stream.FlushAsync(cancellation);
    }

    /// <summary>The next message; null where the other side has ended.</summary>
    /// <param name="stream">Where it comes from.</param>
    /// <param name="buffer">Where it is put: the message holds until the next one is read into the same.</param>
    /// <param name="cancellation">Stops the wait.</param>
    internal static async Task<ArraySegment<byte>?> ReadAsync(Stream stream, MessageBuffer buffer, CancellationToken cancellation)
    {
        var head = new byte[sizeof(int)];
        if (await stream.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellation) < head.Length)
            return null;
        var length = BinaryPrimitives.ReadInt32LittleEndian(head);
        if (length is < 1 or > LongestMessage)
            return null;
        var message = buffer.Take(length);
        if (await stream.ReadAtLeastAsync(message, length, throwOnEndOfStream: false, cancellation) < length)
            return null;
        return message;
    }

    internal static byte[] Message(byte kind, Action<BinaryWriter>? write = null)
    {
        using var memory = new MemoryStream();
        using var writer = new BinaryWriter(memory, Encoding.UTF8);
        writer.Write(kind);
        write?.Invoke(writer);
        writer.Flush();
        return memory.ToArray();
    }

    /// <summary>What follows the first byte.</summary>
    internal static BinaryReader Body(ArraySegment<byte> message) =>
        new(new MemoryStream(message.Array!, message.Offset + 1, message.Count - 1, writable: false), Encoding.UTF8);

    internal static void Write(BinaryWriter writer, DecodedContents contents)
    {
        var grid = contents.Grid;
        writer.Write(contents.Format);
        writer.Write(grid.Name);
        writer.Write(grid.Width);
        writer.Write(grid.Height);
        writer.Write(grid.Proj);
        foreach (var value in (ReadOnlySpan<double>)[grid.PixelX, grid.PixelY, grid.OriginX, grid.OriginY])
            writer.Write(value);
        writer.Write(contents.ValidTimes.Count);
        foreach (var time in contents.ValidTimes)
            writer.Write(time.UtcTicks);
        foreach (var lead in contents.Leads)
            writer.Write(lead.Ticks);
        writer.Write(contents.Notes.Count);
        foreach (var note in contents.Notes)
            writer.Write(note);
    }

    internal static DecodedContents ReadContents(BinaryReader reader)
    {
        var format = reader.ReadString();
        var grid = new RadarGrid(
            reader.ReadString(), reader.ReadInt32(), reader.ReadInt32(), reader.ReadString(),
            reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble());
        var times = new DateTimeOffset[reader.ReadInt32()];
        for (var i = 0; i < times.Length; i++)
            times[i] = new DateTimeOffset(reader.ReadInt64(), TimeSpan.Zero);
        var leads = new TimeSpan[times.Length];
        for (var i = 0; i < leads.Length; i++)
            leads[i] = new TimeSpan(reader.ReadInt64());
        var notes = new string[reader.ReadInt32()];
        for (var i = 0; i < notes.Length; i++)
            notes[i] = reader.ReadString();
        return new DecodedContents(format, grid, times, leads, notes);
    }
}

/// <summary>What a file holds.</summary>
/// <param name="Format">The name of its format.</param>
/// <param name="Grid">Where its pixels lie.</param>
/// <param name="ValidTimes">When its scans hold, in the file's order.</param>
/// <param name="Leads">How far each is ahead of what was observed.</param>
/// <param name="Notes">What was left out or decided, a line each.</param>
internal sealed record DecodedContents(
    string Format, RadarGrid Grid, IReadOnlyList<DateTimeOffset> ValidTimes, IReadOnlyList<TimeSpan> Leads, IReadOnlyList<string> Notes);
