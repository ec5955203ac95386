using System.Runtime.InteropServices;
using System.Text;

namespace ConvLstm.Nowcast.Ingest.NetCdf;

/// <summary>
/// The few functions of the HDF5 below libnetcdf that say where a dataset's chunks lie,
/// <see href="https://support.hdfgroup.org/documentation/hdf5/latest/group___h5_d.html"/>. Found through the handle of libnetcdf, so that
/// it is the same HDF5 and the same lock: call only between <see cref="NativeNetCdf.Enter"/> and its end. Null where this HDF5
/// is older than 1.10.5, which added H5Dget_chunk_info_by_coord, or hides its symbols.
/// </summary>
internal sealed unsafe class NativeHdf5
{
    internal const int Chunked = 2;
    internal const int LittleEndian = 0;
    internal const int FilterDeflate = 1;
    internal const int FilterShuffle = 2;
    internal const int MostDimensions = 32;

    // HADDR_UNDEF: the chunk was never written.
    internal const ulong NoAddress = ulong.MaxValue;

    private readonly delegate* unmanaged<byte*, uint, long, long> _openFile;
    private readonly delegate* unmanaged<long, int> _closeFile;
    private readonly delegate* unmanaged<long, byte*, long, long> _openDataset;
    private readonly delegate* unmanaged<long, int> _closeDataset;
    private readonly delegate* unmanaged<long, long> _datasetType;
    private readonly delegate* unmanaged<long, int> _closeType;
    private readonly delegate* unmanaged<long, long> _creationList;
    private readonly delegate* unmanaged<long, int> _closeList;

    private NativeHdf5(IntPtr library)
    {
        IntPtr Export(string name) => NativeLibrary.GetExport(library, name);
        _openFile = (delegate* unmanaged<byte*, uint, long, long>)Export("H5Fopen");
        _closeFile = (delegate* unmanaged<long, int>)Export("H5Fclose");
        _openDataset = (delegate* unmanaged<long, byte*, long, long>)Export("H5Dopen2");
        _closeDataset = (delegate* unmanaged<long, int>)Export("H5Dclose");
        _datasetType = (delegate* unmanaged<long, long>)Export("H5Dget_type");
        _closeType = (delegate* unmanaged<long, int>)Export("H5Tclose");
        _creationList = (delegate* unmanaged<long, long>)Export("H5Dget_create_plist");
        _closeList = (delegate* unmanaged<long, int>)Export("H5Pclose");
        TypeOrder = (delegate* unmanaged<long, int>)Export("H5Tget_order");
        TypeSize = (delegate* unmanaged<long, nuint>)Export("H5Tget_size");
        Layout = (delegate* unmanaged<long, int>)Export("H5Pget_layout");
        ChunkShape = (delegate* unmanaged<long, int, ulong*, int>)Export("H5Pget_chunk");
        FilterCount = (delegate* unmanaged<long, int>)Export("H5Pget_nfilters");
        Filter = (delegate* unmanaged<long, uint, uint*, nuint*, uint*, nuint, byte*, uint*, int>)Export("H5Pget_filter2");
        ChunkInfo = (delegate* unmanaged<long, ulong*, uint*, ulong*, ulong*, int>)Export("H5Dget_chunk_info_by_coord");
    }

    /// <summary>(type) → byte order.</summary>
    internal delegate* unmanaged<long, int> TypeOrder { get; }

    /// <summary>(type) → bytes.</summary>
    internal delegate* unmanaged<long, nuint> TypeSize { get; }

    /// <summary>(creation list) → layout.</summary>
    internal delegate* unmanaged<long, int> Layout { get; }

    /// <summary>(creation list, most dimensions, shape) → dimensions.</summary>
    internal delegate* unmanaged<long, int, ulong*, int> ChunkShape { get; }

    /// <summary>(creation list) → filters.</summary>
    internal delegate* unmanaged<long, int> FilterCount { get; }

    /// <summary>(creation list, index, flags, number of values, values, length of name, name, configuration) → filter.</summary>
    internal delegate* unmanaged<long, uint, uint*, nuint*, uint*, nuint, byte*, uint*, int> Filter { get; }

    /// <summary>(dataset, offset, filter mask, address, bytes) → status.</summary>
    internal delegate* unmanaged<long, ulong*, uint*, ulong*, ulong*, int> ChunkInfo { get; }

    internal static NativeHdf5? TryLoad(IntPtr netcdf) =>
        NativeLibrary.TryGetExport(netcdf, "H5Dget_chunk_info_by_coord", out _) ? new NativeHdf5(netcdf) : null;

    /// <summary>Read only; every failure is a negative handle.</summary>
    internal Hdf5Handle OpenFile(string path)
    {
        fixed (byte* text = Encoding.UTF8.GetBytes(path + '\0'))
            return new(_openFile(text, 0, 0), _closeFile);
    }

    internal Hdf5Handle OpenDataset(Hdf5Handle file, string path)
    {
        fixed (byte* text = Encoding.UTF8.GetBytes(path + '\0'))
            return new(_openDataset(file.Id, text, 0), _closeDataset);
    }

    internal Hdf5Handle TypeOf(Hdf5Handle dataset) => new(_datasetType(dataset.Id), _closeType);

    internal Hdf5Handle CreationListOf(Hdf5Handle dataset) => new(_creationList(dataset.Id), _closeList);
}
