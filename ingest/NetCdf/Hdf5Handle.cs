namespace ConvLstm.Nowcast.Ingest.NetCdf;

/// <summary>An object of the HDF5 library, closed at the end of its scope.</summary>
internal readonly unsafe ref struct Hdf5Handle(long id, delegate* unmanaged<long, int> close)
{
    private readonly delegate* unmanaged<long, int> _close = close;

    internal long Id => id;

    internal bool IsValid => id >= 0;

    public void Dispose()
    {
        if (id >= 0)
            _ = _close(id);
    }
}
