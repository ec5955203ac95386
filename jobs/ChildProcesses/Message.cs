using System.Text;

namespace ConvLstm.Nowcast.Jobs.ChildProcesses;

/// <summary>What the first byte of an answer says; a request begins with a byte of its own kind.</summary>
internal enum AnswerKind : byte
{
    /// <summary>The answer follows. A child that says it unasked is ready.</summary>
    Done,

    /// <summary>Something on the way follows; the answer is still to come.</summary>
    Note,

    /// <summary>One line for a person follows: it cannot be done.</summary>
    Failed,

    /// <summary>One line for a person follows: it cannot be done now, which is not the fault of what was asked for.</summary>
    NotNow,
}

/// <summary>One request or answer between the program and a child process.</summary>
/// <param name="Kind">An <see cref="AnswerKind"/>, or the kind of a request.</param>
/// <param name="Body">The rest.</param>
internal readonly record struct Message(byte Kind, byte[] Body)
{
    internal AnswerKind Answer => (AnswerKind)Kind;

    internal static Message Of(AnswerKind kind, Action<BinaryWriter>? write = null) => Of((byte)kind, write);

    internal static Message Of(byte kind, Action<BinaryWriter>? write = null)
    {
        using var memory = new MemoryStream();
        using var writer = new BinaryWriter(memory, Encoding.UTF8);
        write?.Invoke(writer);
        writer.Flush();
        return new(kind, memory.ToArray());
    }

    internal BinaryReader Reader() => new(new MemoryStream(Body, writable: false), Encoding.UTF8);
}
