using System.Buffers.Binary;

namespace ConvLstm.Nowcast.Jobs.ChildProcesses;

/// <summary>
/// The messages between the program and a child process, over the child's standard input and output, the same on both sides: the length in
/// four bytes (little-endian), the kind in one, and the body.
/// </summary>
internal sealed class MessageStream(Stream input, Stream output)
{
    // The valid times of an archive of some thousand scans, and what is to be said of them.
    private const int LongestMessage = 64 << 20;
    private const int HeadLength = sizeof(int) + 1;

    private readonly Lock _writing = new();

    /// <summary>From any thread.</summary>
    /// <exception cref="IOException">The other side has ended.</exception>
    internal void Write(Message message)
    {
        Span<byte> head = stackalloc byte[HeadLength];
        BinaryPrimitives.WriteInt32LittleEndian(head, message.Body.Length + 1);
        head[^1] = message.Kind;
        lock (_writing)
        {
            output.Write(head);
            output.Write(message.Body);
            output.Flush();
        }
    }

    /// <summary>The next message; null where the other side has ended or says what is none.</summary>
    /// <exception cref="IOException">The pipe is broken, which is an end, too.</exception>
    internal Message? Read()
    {
        Span<byte> head = stackalloc byte[HeadLength];
        if (input.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) < head.Length)
            return null;
        var length = BinaryPrimitives.ReadInt32LittleEndian(head);
        if (length is < 1 or > LongestMessage)
            return null;
        var body = GC.AllocateUninitializedArray<byte>(length - 1);
        return input.ReadAtLeast(body, body.Length, throwOnEndOfStream: false) < body.Length ? null : new(head[^1], body);
    }
}
