using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace ConvLstm.Nowcast.Ingest.NetCdf;

/// <summary>
/// The few functions of the HDF5 below libnetcdf that tell what a file is made of before any of it is read,
/// <see href="https://support.hdfgroup.org/documentation/hdf5/latest/group___h5_l.html"/>. All are older than HDF5 1.8.15.
/// Call only between <see cref="NativeNetCdf.Enter"/> and its end.
/// </summary>
internal sealed unsafe class NativeHdf5Links
{
    // H5Ipublic.h, H5Lpublic.h, H5Dpublic.h
    internal const int Group = 2, Dataset = 5;
    internal const int HardLink = 0, SoftLink = 1;
    internal const int VirtualLayout = 3;

    // H5Fpublic.h, H5F_CLOSE_SEMI: libnetcdf opens its files so.
    private const int CloseSemi = 2;

    private readonly delegate* unmanaged<byte*, uint, long, long> _openFile;
    private readonly long _access;
    private readonly delegate* unmanaged<long, byte*, long, long> _openObject;
    private readonly delegate* unmanaged<long, byte*, long, int> _unlink;
    private readonly delegate* unmanaged<long, ulong*, int> _info1;
    private readonly delegate* unmanaged<long, ulong*, uint, int> _info3;
    private readonly delegate* unmanaged<long, int> _kind;
    private readonly delegate* unmanaged<long, int> _release;
    private readonly delegate* unmanaged<long, long> _creationList;
    private readonly delegate* unmanaged<long, int> _externalCount;
    private readonly delegate* unmanaged<long, int> _layout;
    private readonly delegate* unmanaged<long, int> _filterCount;
    private readonly delegate* unmanaged<long, uint, uint*, nuint*, uint*, nuint, byte*, uint*, int> _filter;
    private readonly delegate* unmanaged<long, int, int, ulong*, delegate* unmanaged[Cdecl]<long, byte*, byte*, void*, int>, void*,
        int> _eachLink;

    private NativeHdf5Links(IntPtr library, IntPtr eachLink)
    {
        IntPtr Export(string name) => NativeLibrary.GetExport(library, name);
        _openFile = (delegate* unmanaged<byte*, uint, long, long>)Export("H5Fopen");
        // Initialises the numbers of the classes of property lists.
        _ = ((delegate* unmanaged<int>)Export("H5open"))();
        _access = ((delegate* unmanaged<long, long>)Export("H5Pcreate"))(*(long*)Export("H5P_CLS_FILE_ACCESS_ID_g"));
        _ = ((delegate* unmanaged<long, int, int>)Export("H5Pset_fclose_degree"))(_access, CloseSemi);
        _openObject = (delegate* unmanaged<long, byte*, long, long>)Export("H5Oopen");
        _unlink = (delegate* unmanaged<long, byte*, long, int>)Export("H5Ldelete");
        if (NativeLibrary.TryGetExport(library, "H5Oget_info1", out var info1)
            || NativeLibrary.TryGetExport(library, "H5Oget_info", out info1))
            _info1 = (delegate* unmanaged<long, ulong*, int>)info1;
        else
            _info3 = (delegate* unmanaged<long, ulong*, uint, int>)Export("H5Oget_info3");
        _kind = (delegate* unmanaged<long, int>)Export("H5Iget_type");
        _release = (delegate* unmanaged<long, int>)Export("H5Idec_ref");
        _creationList = (delegate* unmanaged<long, long>)Export("H5Dget_create_plist");
        _externalCount = (delegate* unmanaged<long, int>)Export("H5Pget_external_count");
        _layout = (delegate* unmanaged<long, int>)Export("H5Pget_layout");
        _filterCount = (delegate* unmanaged<long, int>)Export("H5Pget_nfilters");
        _filter = (delegate* unmanaged<long, uint, uint*, nuint*, uint*, nuint, byte*, uint*, int>)Export("H5Pget_filter2");
        _eachLink = (delegate* unmanaged<long, int, int, ulong*, delegate* unmanaged[Cdecl]<long, byte*, byte*, void*, int>, void*,
            int>)eachLink;
        // Filters of others are libraries that HDF5 would look for and load because a file names them.
        _ = ((delegate* unmanaged<uint, int>)Export("H5PLset_loading_state"))(0);
    }

    /// <summary>Null where the HDF5 below this libnetcdf shows no symbols.</summary>
    internal static NativeHdf5Links? TryLoad(IntPtr netcdf) =>
        NativeLibrary.TryGetExport(netcdf, "H5PLset_loading_state", out _)
        // Since HDF5 1.12 the function has two forms, which differ behind what is read of a link here.
        && (NativeLibrary.TryGetExport(netcdf, "H5Literate", out var each) || NativeLibrary.TryGetExport(netcdf, "H5Literate1", out each))
            ? new NativeHdf5Links(netcdf, each)
            : null;

    /// <summary>
    /// Read only, and as libnetcdf opens files: what it opens while this is open shares all that was read. Every failure is a negative
    /// handle.
    /// </summary>
    internal Hdf5Handle OpenFile(string path)
    {
        fixed (byte* text = Encoding.UTF8.GetBytes(path + '\0'))
            return new(_openFile(text, 0, _access), _release);
    }

    /// <param name="at">The file or a group.</param>
    /// <param name="path">From there, with a zero at its end.</param>
    internal Hdf5Handle Open(Hdf5Handle at, ReadOnlySpan<byte> path)
    {
        fixed (byte* text = path)
            return new(_openObject(at.Id, text, 0), _release);
    }

    /// <summary>Opens to change it.</summary>
    internal Hdf5Handle OpenFileToWrite(string path)
    {
        // H5Fpublic.h, H5F_ACC_RDWR
        fixed (byte* text = Encoding.UTF8.GetBytes(path + '\0'))
            return new(_openFile(text, 1, 0), _release);
    }

    /// <summary>Removes a link; what it led to stays.</summary>
    internal bool Unlink(Hdf5Handle file, string path)
    {
        fixed (byte* text = Encoding.UTF8.GetBytes(path + '\0'))
            return _unlink(file.Id, text, 0) >= 0;
    }

    /// <summary>Where an object lies in its file; null where the library does not say.</summary>
    internal ulong? AddressOf(Hdf5Handle part)
    {
        // H5O_info_t begins with a number of the file and the address, in all its versions; the longest has some 200 bytes.
        var info = stackalloc ulong[64];
        var found = _info1 is not null ? _info1(part.Id, info) : _info3(part.Id, info, 1);
        return found < 0 ? null : info[1];
    }

    internal int KindOf(Hdf5Handle at) => _kind(at.Id);

    internal Hdf5Handle CreationListOf(Hdf5Handle dataset) => new(_creationList(dataset.Id), _release);

    internal int ExternalFilesOf(Hdf5Handle list) => _externalCount(list.Id);

    internal int LayoutOf(Hdf5Handle list) => _layout(list.Id);

    internal int FiltersOf(Hdf5Handle list) => _filterCount(list.Id);

    internal int FilterOf(Hdf5Handle list, int index)
    {
        uint flags, configuration;
        nuint values = 0;
        return _filter(list.Id, (uint)index, &flags, &values, null, 0, null, &configuration);
    }

    /// <summary>The links of a group, at most so many; null where they cannot be listed.</summary>
    internal List<Hdf5Link>? LinksOf(Hdf5Handle group, int most)
    {
        var found = new LinkList([], most);
        var handle = GCHandle.Alloc(found);
        try
        {
            ulong index = 0;
            return _eachLink(group.Id, 0, 2, &index, &Note, (void*)GCHandle.ToIntPtr(handle)) < 0 ? null : found.Links;
        }
        finally
        {
            handle.Free();
        }
    }

    // H5L_info_t: the type in the first four bytes, and behind 24 the address of what a hard link points to.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Note(long group, byte* name, byte* info, void* list)
    {
        var found = (LinkList)GCHandle.FromIntPtr((IntPtr)list).Target!;
        found.Links.Add(new([.. MemoryMarshal.CreateReadOnlySpanFromNullTerminated(name)], *(int*)info, *(ulong*)(info + 24)));
        return found.Links.Count > found.Most ? 1 : 0;
    }

    private sealed record LinkList(List<Hdf5Link> Links, int Most);
}

/// <summary>An entry of a group: its name as it stands in the file, the kind of link and the address that a hard link has.</summary>
internal readonly record struct Hdf5Link(byte[] Name, int Kind, ulong Address);
