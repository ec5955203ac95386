using System.Runtime.InteropServices;

namespace ConvLstm.Nowcast.Ingest.NetCdf;

/// <summary>
/// Counts the files that are open, to clean up behind the library when none is. HDF5's H5DSis_scale leaves an attribute and a type open for
/// each dataset whose CLASS is not that of a dimension scale, which every ODIM and KNMI image is, and damaged files leave more;
/// each leftover slows every later call down. Call only between <see cref="NativeNetCdf.Enter"/> and its end.
/// </summary>
internal sealed unsafe class OpenFiles
{
    // H5Fpublic.h
    private const uint Files = 0x01, Datasets = 0x02, Groups = 0x04, Types = 0x08, Attributes = 0x10;
    private const long AllFiles = 0x1F;

    private readonly delegate* unmanaged<long, uint, nint> _count;
    private readonly delegate* unmanaged<long, uint, nuint, long*, nint> _list;
    private readonly delegate* unmanaged<long, int> _release;
    private int _open;

    internal OpenFiles(IntPtr netcdf)
    {
        if (!NativeLibrary.TryGetExport(netcdf, "H5Fget_obj_count", out var count)
            || !NativeLibrary.TryGetExport(netcdf, "H5Fget_obj_ids", out var list)
            || !NativeLibrary.TryGetExport(netcdf, "H5Idec_ref", out var release)
                || !NativeLibrary.TryGetExport(netcdf, "H5Dget_chunk_info_by_coord", out _))
            return;
        _count = (delegate* unmanaged<long, uint, nint>)count;
        _list = (delegate* unmanaged<long, uint, nuint, long*, nint>)list;
        _release = (delegate* unmanaged<long, int>)release;
    }

    internal void Opened()
    {
        _open++;
        // The library opens an attribute only while it reads it, so those that are open now are leftovers, whichever files are open.
        Release(Attributes);
    }

    internal void Closed()
    {
        _open--;
        Clean();
    }

    /// <summary>Releases what the library left open, where no file of ours is.</summary>
    internal void Clean()
    {
        if (_open > 0)
            return;
        foreach (var kind in (ReadOnlySpan<uint>)[Attributes, Types, Datasets, Groups, Files])
            Release(kind);
    }

    private void Release(uint kind)
    {
        var count = _count is null ? 0 : (int)_count(AllFiles, kind);
        if (count <= 0)
            return;
        var ids = new long[count];
        fixed (long* pointer = ids)
            count = (int)_list(AllFiles, kind, (nuint)count, pointer);
        for (var i = 0; i < count; i++)
            _ = _release(ids[i]);
    }
}
