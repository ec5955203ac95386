using System.Buffers.Binary;

namespace ConvLstm.Nowcast.Ingest.Formats;

/// <summary>
/// How long a file in the classic format must be by its own header. libnetcdf reads what lies behind the end of a file as zeros, which
/// would make a file that is cut short a dry one. Grammar:
/// <see href="https://docs.unidata.ucar.edu/netcdf-c/current/file_format_specifications.html"/>.
/// </summary>
internal sealed class ClassicHeader
{
    private const uint Dimensions = 0x0A;
    private const uint Variables = 0x0B;
    private const uint Attributes = 0x0C;

    private readonly Stream _stream;
    private readonly bool _wideCounts;
    private readonly bool _wideOffsets;

    private ClassicHeader(Stream stream, byte version)
    {
        _stream = stream;
        _wideCounts = version == 5;
        _wideOffsets = version is 2 or 5;
    }

    /// <summary>True where the file is as long as its header says, or longer.</summary>
    internal static bool IsComplete(string path)
    {
        using var stream = new BufferedStream(UnlockedFile.Open(path), 1 << 14);
        Span<byte> magic = stackalloc byte[4];
        try
        {
            stream.ReadExactly(magic);
            return new ClassicHeader(stream, magic[3]).NeededLength() <= stream.Length;
        }
        catch (Exception e) when (e is EndOfStreamException or OverflowException or InvalidDataException)
        {
            return false;
        }
    }

    private long NeededLength()
    {
        var records = Count();
        // All ones: the number of records was not known when the header was written.
        if (records == (_wideCounts ? -1 : uint.MaxValue))
            records = 0;
        var lengths = new long[List(Dimensions)];
        for (var i = 0; i < lengths.Length; i++)
        {
            Skip(Count());
            lengths[i] = Count();
        }
        SkipAttributes();
        var (needed, recordSize) = (_stream.Position, 0L);
        var recordVariables = new List<(long Begin, long Size)>();
        for (var n = List(Variables); n > 0; n--)
        {
            var (begin, size, isRecord) = ReadVariable(lengths);
            if (isRecord)
                recordVariables.Add((begin, size));
            else
                needed = Math.Max(needed, checked(begin + size));
        }
        // Records are padded to four bytes, unless there is only one variable in them.
        foreach (var (_, size) in recordVariables)
            recordSize = checked(recordSize + (recordVariables.Count == 1 ? size : Padded(size)));
        foreach (var (begin, size) in recordVariables)
            needed = records == 0 ? needed : Math.Max(needed, checked(begin + ((records - 1) * recordSize) + size));
        return needed;
    }

    private (long Begin, long Size, bool IsRecord) ReadVariable(long[] lengths)
    {
        Skip(Count());
        var isRecord = false;
        var values = 1L;
        var rank = Count();
        for (var i = 0L; i < rank; i++)
        {
            var id = Count();
            if (id < 0 || id >= lengths.Length)
                throw new InvalidDataException();
            if (i == 0 && lengths[id] == 0)
                isRecord = true;
            else
                values = checked(values * lengths[id]);
        }
        SkipAttributes();
        var size = checked(values * TypeSize(UInt32()));
        Count();
        return (_wideOffsets ? Int64() : UInt32(), size, isRecord);
    }

    private void SkipAttributes()
    {
        for (var n = List(Attributes); n > 0; n--)
        {
            Skip(Count());
            var type = UInt32();
            Skip(checked(Count() * TypeSize(type)));
        }
    }

    private long List(uint expectedTag)
    {
        var (tag, count) = (UInt32(), Count());
        // Every entry takes some bytes; more entries than bytes are damage.
        if (count < 0 || count > _stream.Length || (tag != expectedTag && (tag != 0 || count != 0)))
            throw new InvalidDataException();
        return count;
    }

    private static long TypeSize(uint type) => type switch
    {
        1 or 2 or 7 => 1,
        3 or 8 => 2,
        4 or 5 or 9 => 4,
        6 or 10 or 11 => 8,
        _ => throw new InvalidDataException(),
    };

    private void Skip(long bytes)
    {
        var to = checked(_stream.Position + Padded(bytes));
        if (bytes < 0 || to > _stream.Length)
            throw new EndOfStreamException();
        _stream.Position = to;
    }

    private static long Padded(long bytes) => checked(bytes + 3) & ~3L;

    private long Count() => _wideCounts ? Int64() : UInt32();

    private uint UInt32()
    {
        Span<byte> bytes = stackalloc byte[4];
        _stream.ReadExactly(bytes);
        return BinaryPrimitives.ReadUInt32BigEndian(bytes);
    }

    private long Int64()
    {
        Span<byte> bytes = stackalloc byte[8];
        _stream.ReadExactly(bytes);
        return BinaryPrimitives.ReadInt64BigEndian(bytes);
    }
}
