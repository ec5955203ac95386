using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ConvLstm.Nowcast.Ingest.NetCdf;

/// <summary>A variable: an array over dimensions, read and written by hyperslabs (a start and a count for each dimension).</summary>
public sealed unsafe class NetCdfVariable
{
    private const int Chunked = 0;

    // Smaller slabs are read as quickly by the library.
    private const int LeastBytesAround = 1 << 14;

    private readonly NetCdfFile _file;
    private readonly int _ncid;
    private readonly int _varid;
    private readonly string _group;

    internal NetCdfVariable(NetCdfFile file, int ncid, int varid, string group, string name, NetCdfType type, NetCdfDimension[] dimensions)
    {
        _file = file;
        _ncid = ncid;
        _varid = varid;
        _group = group;
        Name = name;
        Type = type;
        Dimensions = dimensions;
        Attributes = new NetCdfAttributes(file, ncid, varid, name);
    }

    public string Name { get; }

    public NetCdfType Type { get; }

    /// <summary>Slowest first; none for a scalar.</summary>
    public IReadOnlyList<NetCdfDimension> Dimensions { get; }

    public NetCdfAttributes Attributes { get; }

    /// <summary>The number of values when the file was opened.</summary>
    public long Length => Dimensions.Aggregate(1L, (product, d) => checked(product * d.Length));

    /// <summary>Compresses with deflate (zlib) in chunks of the given shape; to be called before the first write.</summary>
    /// <param name="level">1 (fast) to 9 (small).</param>
    /// <param name="chunk">A length for each dimension: one frame a chunk makes single frames cheap to read.</param>
    public NetCdfVariable Deflate(int level, params ReadOnlySpan<long> chunk)
    {
        if (chunk.Length != Dimensions.Count)
            throw new ArgumentException($"{Name} has {Dimensions.Count} dimensions, the chunk {chunk.Length}.", nameof(chunk));
        using (NativeNetCdf.Enter())
        {
            _file.ThrowIfClosed();
            fixed (long* sizes = chunk)
            {
                _file.Check(NativeNetCdf.nc_def_var_chunking(_ncid, _varid, Chunked, (nuint*)sizes), $"chunking {Name}");
            }
            _file.Check(NativeNetCdf.nc_def_var_deflate(_ncid, _varid, shuffle: 1, deflate: 1, level), $"compressing {Name}");
        }
        return this;
    }

    /// <summary>Reads all values, converted to <typeparamref name="T"/> where the file has another numeric type.</summary>
    /// <exception cref="NetCdfException">A value does not fit, or the file is damaged.</exception>
    public T[] Read<T>()
        where T : unmanaged
    {
        var values = new T[Length];
        Read(new long[Dimensions.Count], Dimensions.Select(d => d.Length).ToArray(), values.AsSpan());
        return values;
    }

    /// <summary>Reads the hyperslab into <paramref name="values"/>, which must have exactly its size.</summary>
    /// <exception cref="NetCdfException">Outside the variable, a value does not fit, or the file is damaged.</exception>
    public void Read<T>(ReadOnlySpan<long> start, ReadOnlySpan<long> count, Span<T> values)
        where T : unmanaged
    {
        CheckSlab(start, count, values.Length);
        if (values.IsEmpty || (_group == "/" && _file.Plain?.TryRead(this, start, count, values) == true))
            return;
        if (NetCdfTypes.Of<T>() == Type && TryReadChunks(start, count, MemoryMarshal.AsBytes(values), sizeof(T)))
            return;
        Transfer<T>(start, count, values, NativeNetCdf.ReaderOf(NetCdfTypes.Of<T>()), $"reading {Name}");
    }

    /// <summary>Writes a scalar, or all values of a variable whose dimensions do not grow.</summary>
    public void Write<T>(params ReadOnlySpan<T> values)
        where T : unmanaged => Write(new long[Dimensions.Count], Dimensions.Select(d => d.Length).ToArray(), values);

    /// <summary>Writes the hyperslab from <paramref name="values"/>, which must have exactly its size.</summary>
    public void Write<T>(ReadOnlySpan<long> start, ReadOnlySpan<long> count, ReadOnlySpan<T> values)
        where T : unmanaged
    {
        CheckSlab(start, count, values.Length);
        Transfer(start, count, values, NativeNetCdf.WriterOf(NetCdfTypes.Of<T>()), $"writing {Name}");
    }

    // Either way: the library writes what it reads through the same pointer.
    private void Transfer<T>(ReadOnlySpan<long> start, ReadOnlySpan<long> count, ReadOnlySpan<T> values,
        delegate*<int, int, nuint*, nuint*, void*, int> transfer, string doing)
        where T : unmanaged
    {
        using (NativeNetCdf.Enter())
        {
            _file.ThrowIfClosed();
            fixed (long* starts = start, counts = count)
            fixed (T* data = values)
            {
                _file.Check(transfer(_ncid, _varid, (nuint*)starts, (nuint*)counts, data), doing);
            }
        }
    }

    internal static NetCdfVariable Inquire(NetCdfFile file, int ncid, int varid, string group)
    {
        var name = stackalloc byte[NativeNetCdf.MaxName + 1];
        int type, rank;
        file.Check(NativeNetCdf.nc_inq_varname(ncid, varid, name), "reading a variable's name");
        var text = Marshal.PtrToStringUTF8((IntPtr)name) ?? "";
        file.Check(NativeNetCdf.nc_inq_vartype(ncid, varid, &type), $"reading the type of {text}");
        file.Check(NativeNetCdf.nc_inq_varndims(ncid, varid, &rank), $"reading the rank of {text}");
        var ids = new int[rank];
        fixed (int* pointer = ids)
        {
            file.Check(NativeNetCdf.nc_inq_vardimid(ncid, varid, pointer), $"reading the dimensions of {text}");
        }
        var dimensions = new NetCdfDimension[rank];
        for (var i = 0; i < rank; i++)
        {
            nuint length;
            file.Check(NativeNetCdf.nc_inq_dim(ncid, ids[i], name, &length), $"reading the dimensions of {text}");
            dimensions[i] = new NetCdfDimension(Marshal.PtrToStringUTF8((IntPtr)name) ?? "", (long)length) { Id = ids[i] };
        }
        return new NetCdfVariable(file, ncid, varid, group, text, NetCdfTypes.From(type), dimensions);
    }

    // Around the library where that is quicker and the file allows it; what it cannot read the library reads, or reports.
    private bool TryReadChunks(ReadOnlySpan<long> start, ReadOnlySpan<long> count, Span<byte> target, int elementSize)
    {
        if (target.Length < LeastBytesAround || !_file.IsReadOnly)
            return false;
        ChunkedData? chunks;
        using (NativeNetCdf.Enter())
        {
            _file.ThrowIfClosed();
            if (NativeNetCdf.Hdf5 is not { } hdf5)
                return false;
            chunks = ChunkedData.Find(hdf5, _file.Location, $"{_group.TrimEnd('/')}/{Name}", elementSize, start, count);
        }
        if (chunks is null)
            return false;
        using var file = UnlockedFile.OpenHandle(_file.Location);
        return HasSignatureAtStart(file) && chunks.TryRead(file, start, count, target);
    }

    // Addresses count from the signature, which may stand behind a block of the user's.
    private static bool HasSignatureAtStart(SafeFileHandle file)
    {
        Span<byte> signature = stackalloc byte[Hdf5Signature.Length];
        return RandomAccess.Read(file, signature, 0) == signature.Length && Hdf5Signature.Begins(signature);
    }

    // A slab larger than the memory behind it would let the library write past its end.
    private void CheckSlab(ReadOnlySpan<long> start, ReadOnlySpan<long> count, int length)
    {
        if (start.Length != Dimensions.Count || count.Length != Dimensions.Count)
            throw new ArgumentException($"{Name} has {Dimensions.Count} dimensions, the hyperslab {start.Length} and {count.Length}.");
        var size = 1L;
        for (var i = 0; i < count.Length; i++)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(start[i]);
            ArgumentOutOfRangeException.ThrowIfNegative(count[i]);
            size = checked(size * count[i]);
        }
        if (size != length)
            throw new ArgumentException($"The hyperslab of {Name} holds {size} values, the memory {length}.");
    }
}
