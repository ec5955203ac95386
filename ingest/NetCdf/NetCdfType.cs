namespace ConvLstm.Nowcast.Ingest.NetCdf;

/// <summary>The atomic types of NetCDF, <see href="https://docs.unidata.ucar.edu/nug/current/data_type.html"/>.</summary>
public enum NetCdfType
{
    /// <summary>A type that a file defines for itself, or none of the atomic ones.</summary>
    Other = 0,
    Int8 = 1,
    Char = 2,
    Int16 = 3,
    Int32 = 4,
    Float32 = 5,
    Float64 = 6,
    UInt8 = 7,
    UInt16 = 8,
    UInt32 = 9,
    Int64 = 10,
    UInt64 = 11,
    Text = 12,
}

/// <summary>What C# and NetCDF types have to do with each other.</summary>
internal static class NetCdfTypes
{
    internal static NetCdfType From(int native) => native is >= 1 and <= 12 ? (NetCdfType)native : NetCdfType.Other;

    internal static bool IsInteger(this NetCdfType type) => type is NetCdfType.Int8 or NetCdfType.UInt8 or NetCdfType.Int16
        or NetCdfType.UInt16 or NetCdfType.Int32 or NetCdfType.UInt32 or NetCdfType.Int64 or NetCdfType.UInt64;

    internal static bool IsNumeric(this NetCdfType type) => type.IsInteger() || type is NetCdfType.Float32 or NetCdfType.Float64;

    internal static NetCdfType Of<T>()
        where T : unmanaged
    {
        if (typeof(T) == typeof(sbyte)) return NetCdfType.Int8;
        if (typeof(T) == typeof(byte)) return NetCdfType.UInt8;
        if (typeof(T) == typeof(short)) return NetCdfType.Int16;
        if (typeof(T) == typeof(ushort)) return NetCdfType.UInt16;
        if (typeof(T) == typeof(int)) return NetCdfType.Int32;
        if (typeof(T) == typeof(uint)) return NetCdfType.UInt32;
        if (typeof(T) == typeof(long)) return NetCdfType.Int64;
        if (typeof(T) == typeof(ulong)) return NetCdfType.UInt64;
        if (typeof(T) == typeof(float)) return NetCdfType.Float32;
        if (typeof(T) == typeof(double)) return NetCdfType.Float64;
        throw new NotSupportedException($"NetCDF has no type for {typeof(T).Name}.");
    }
}
