using System.Buffers;

namespace ConvLstm.Nowcast.Ingest.NetCdf;

/// <summary>A rented buffer that goes back at the end of its scope.</summary>
internal readonly struct PooledBytes(int length) : IDisposable
{
    private readonly byte[] _rented = ArrayPool<byte>.Shared.Rent(length);

    internal Span<byte> Span => _rented.AsSpan(0, length);

    internal MemoryStream AsStream() => new(_rented, 0, length, writable: false);

    public void Dispose() => ArrayPool<byte>.Shared.Return(_rented);
}
