namespace ConvLstm.Nowcast.Jobs.Feed;

/// <summary>
/// Memory that one message after the other uses: scans of some megabytes each would otherwise leave as much garbage each.
/// </summary>
internal sealed class MessageBuffer
{
    // The European composite at 1 km; larger messages are not kept.
    private const int MostKept = 64 << 20;

    private byte[] _kept = [];

    /// <summary>Room for a message, over the one before.</summary>
    internal ArraySegment<byte> Take(int length)
    {
        if (length > MostKept)
            return GC.AllocateUninitializedArray<byte>(length);
        if (_kept.Length < length)
            _kept = GC.AllocateUninitializedArray<byte>(length);
        return new(_kept, 0, length);
    }
}
