namespace ConvLstm.Nowcast.Ingest.NetCdf;

/// <summary>Where the numbers of plain files come from and go to: the library itself, as all else.</summary>
internal sealed class PlainData : IDisposable
{
    private readonly NetCdfFile _file;

    private PlainData(NetCdfFile file) => _file = file;

    /// <summary>
    /// None: <see cref="NetCdfVariable.Read{T}(ReadOnlySpan{long}, ReadOnlySpan{long}, Span{T})"/> reads through the library.
    /// </summary>
    internal static PlainData? ForReading(NetCdfFile file) => null;

    /// <summary>Goes on with a new file whose variables are all defined.</summary>
    internal static PlainData ForWriting(NetCdfFile file) => new(file);

    /// <summary>Nothing: there is no other way than the library.</summary>
    internal bool TryRead<T>(NetCdfVariable variable, ReadOnlySpan<long> start, ReadOnlySpan<long> count, Span<T> values)
        where T : unmanaged
    {
        _file.ThrowIfClosed();
        return false;
    }

    /// <summary>Writes the hyperslab.</summary>
    /// <exception cref="NetCdfException">It cannot be written.</exception>
    internal void Write<T>(NetCdfVariable variable, ReadOnlySpan<long> start, ReadOnlySpan<long> count, T[] values)
        where T : unmanaged
    {
        _file.ThrowIfClosed();
        variable.Write<T>(start, count, values);
    }

    /// <summary>Writes what is still in memory.</summary>
    /// <exception cref="NetCdfException">It cannot be written.</exception>
    internal void Close() => _file.Close();

    public void Dispose()
    {
        // The file is the caller's.
    }
}
