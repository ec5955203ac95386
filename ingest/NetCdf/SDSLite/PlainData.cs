using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Research.Science.Data;
using Microsoft.Research.Science.Data.NetCDF4;

namespace ConvLstm.Nowcast.Ingest.NetCdf;

/// <summary>
/// Where the numbers of plain files come from and go to: SDSLite 3 (https://github.com/predictionmachines/SDSlite), a data set of
/// variables.
/// What it cannot express goes through libnetcdf: groups, which it does not see; dimensions of a fixed length, as it makes all of them
/// unlimited; a
/// <c>_FillValue</c>, which the library takes before the first value only and SDSLite hands over after it; a chunk shape for each
/// variable. So files are defined, and what is in them found out, by libnetcdf; the numbers pass here.
/// </summary>
internal sealed class PlainData : IDisposable
{
    private readonly DataSet _data;
    private readonly string _name;

    static PlainData() => NativeLibrary.SetDllImportResolver(
        typeof(NetCDFDataSet).Assembly, (name, _, _) => name == NativeLibraries.NetCdf ? NativeLibraries.Load(name) : IntPtr.Zero);

    private PlainData(DataSet data, string name) => (_data, _name) = (data, name);

    /// <summary>The data set of a file that was opened; null where it has groups or SDSLite does not know a type in it.</summary>
    internal static PlainData? ForReading(NetCdfFile file)
    {
        if (!file.IsReadOnly || file.Root.Groups.Count > 0)
            return null;
        try
        {
            return new(Open(file.Location, ResourceOpenMode.ReadOnly), file.Path);
        }
        catch (Exception e) when (IsOfSdsLite(e))
        {
            // libnetcdf reads it, or says what is wrong with it.
            return null;
        }
    }

    /// <summary>Closes a new file whose variables are all defined, and goes on with it as a data set.</summary>
    /// <exception cref="NetCdfException">It cannot be written, or opened again.</exception>
    internal static PlainData ForWriting(NetCdfFile file)
    {
        file.Close();
        return Try(file.Path, "opening to write", () => new PlainData(Open(file.Location, ResourceOpenMode.Open), file.Path));
    }

    /// <summary>Reads a hyperslab of a variable of the root, in the type that it has; false where libnetcdf must.</summary>
    internal bool TryRead<T>(NetCdfVariable variable, ReadOnlySpan<long> start, ReadOnlySpan<long> count, Span<T> values)
        where T : unmanaged
    {
        // SDSLite has no scalars to take a part of, and counts in 32 bits.
        if (count.IsEmpty || !Fits(start) || !Fits(count))
            return false;
        var (origin, shape) = (Narrow(start), Narrow(count));
        using (NativeNetCdf.Enter())
        {
            if (!_data.Variables.Contains(variable.Name) || _data.Variables[variable.Name] is not { } found
                || found.TypeOfData != typeof(T))
                return false;
            try
            {
                Values<T>(found.GetData(origin, shape)).CopyTo(values);
                return true;
            }
            catch (Exception e) when (IsOfSdsLite(e))
            {
                // libnetcdf says what is wrong.
                return false;
            }
        }
    }

    /// <summary>Writes a hyperslab.</summary>
    /// <exception cref="NetCdfException">It cannot be written.</exception>
    internal void Write<T>(NetCdfVariable variable, ReadOnlySpan<long> start, ReadOnlySpan<long> count, T[] values)
        where T : unmanaged
    {
        var (origin, slab) = (Narrow(start), Array.CreateInstance(typeof(T), Narrow(count)));
        values.CopyTo(Values<T>(slab));
        Try(_name, $"writing {variable.Name}", () =>
        {
            _data.Variables[variable.Name].PutData(origin, slab);
            // One map at a time is in memory.
            _data.Commit();
            return true;
        });
    }

    /// <summary>Writes what is still in memory.</summary>
    /// <exception cref="NetCdfException">It cannot be written.</exception>
    internal void Close() => Try(_name, "closing", () =>
    {
        _data.Commit();
        _data.Dispose();
        return true;
    });

    public void Dispose()
    {
        using (NativeNetCdf.Enter())
            _data.Dispose();
    }

    // An address with the path in it would stumble over its signs.
    private static DataSet Open(string location, ResourceOpenMode mode)
    {
        using (NativeNetCdf.Enter())
        {
            var data = DataSet.Open(new NetCDFUri { FileName = location, OpenMode = mode });
            data.IsAutocommitEnabled = false;
            return data;
        }
    }

    private static T Try<T>(string path, string doing, Func<T> work)
    {
        using (NativeNetCdf.Enter())
        {
            try
            {
                return work();
            }
            catch (Exception e) when (IsOfSdsLite(e))
            {
                throw new NetCdfException(path, doing, (e.InnerException ?? e).Message);
            }
        }
    }

    private static bool IsOfSdsLite(Exception e) =>
        e is NetCDFException or DataSetException or NotSupportedException or ArgumentException or InvalidCastException
            or TargetInvocationException or IOException;

    private static bool Fits(ReadOnlySpan<long> numbers)
    {
        foreach (var number in numbers)
        {
            if (number > int.MaxValue)
                return false;
        }
        return true;
    }

    private static int[] Narrow(ReadOnlySpan<long> numbers)
    {
        var narrow = new int[numbers.Length];
        for (var i = 0; i < narrow.Length; i++)
            narrow[i] = checked((int)numbers[i]);
        return narrow;
    }

    private static Span<T> Values<T>(Array slab) =>
        MemoryMarshal.CreateSpan(ref Unsafe.As<byte, T>(ref MemoryMarshal.GetArrayDataReference(slab)), slab.Length);
}
