namespace ConvLstm.Nowcast.Ingest.NetCdf;

/// <summary>Fills the variables of a new file, all of which are defined by now, with large arrays.</summary>
/// <param name="file">Nothing more is defined or written in it otherwise.</param>
public sealed class NetCdfMaps(NetCdfFile file) : IDisposable
{
    private readonly PlainData _data = PlainData.ForWriting(file);

    /// <summary>
    /// Writes the hyperslab from <paramref name="values"/>, which must have exactly its size and the type of the variable.
    /// </summary>
    /// <exception cref="NetCdfException">It cannot be written.</exception>
    public void Write<T>(NetCdfVariable variable, ReadOnlySpan<long> start, ReadOnlySpan<long> count, T[] values)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(variable);
        ArgumentNullException.ThrowIfNull(values);
        _data.Write(variable, start, count, values);
    }

    /// <summary>Writes what is still in memory and closes the file.</summary>
    /// <exception cref="NetCdfException">It cannot be written.</exception>
    public void Close() => _data.Close();

    public void Dispose() => _data.Dispose();
}
