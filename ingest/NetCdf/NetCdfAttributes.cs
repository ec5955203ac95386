using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace ConvLstm.Nowcast.Ingest.NetCdf;

/// <summary>The attributes of a group or a variable, asked by name; absent ones are null.</summary>
public sealed unsafe class NetCdfAttributes
{
    // Attributes describe; one of more values than this is damage, and would cost memory.
    private const int MostValues = 1 << 20;

    private readonly NetCdfFile _file;
    private readonly int _ncid;
    private readonly int _varid;
    private readonly string _owner;

    internal NetCdfAttributes(NetCdfFile file, int ncid, int varid, string owner)
    {
        _file = file;
        _ncid = ncid;
        _varid = varid;
        _owner = owner;
    }

    /// <summary>The names in the file's order.</summary>
    public IReadOnlyList<string> Names
    {
        get
        {
            using (NativeNetCdf.Enter())
            {
                _file.ThrowIfClosed();
                int count;
                var status = _varid == NativeNetCdf.GlobalVariable
                    ? NativeNetCdf.nc_inq_natts(_ncid, &count)
                    : NativeNetCdf.nc_inq_varnatts(_ncid, _varid, &count);
                _file.Check(status, $"listing the attributes of {_owner}");
                var names = new string[count];
                var name = stackalloc byte[NativeNetCdf.MaxName + 1];
                for (var i = 0; i < count; i++)
                {
                    _file.Check(NativeNetCdf.nc_inq_attname(_ncid, _varid, i, name), $"listing the attributes of {_owner}");
                    names[i] = Marshal.PtrToStringUTF8((IntPtr)name) ?? "";
                }
                return names;
            }
        }
    }

    /// <summary>The type of an attribute; null where there is none of that name.</summary>
    public NetCdfType? TypeOf(string name)
    {
        using (NativeNetCdf.Enter())
        {
            return Inquire(name, out _);
        }
    }

    /// <summary>A text attribute (characters or strings, of which the first counts); null where absent or numeric.</summary>
    public string? Text(string name)
    {
        using (NativeNetCdf.Enter())
        {
            return Inquire(name, out var length) switch
            {
                NetCdfType.Char => Characters(name, length),
                NetCdfType.Text => FirstString(name, length),
                _ => null,
            };
        }
    }

    /// <summary>A numeric attribute, also one that was written as text ("0.01"); null where absent or no number.</summary>
    public double[]? Numbers(string name)
    {
        using (NativeNetCdf.Enter())
        {
            var type = Inquire(name, out var length);
            if (type is NetCdfType.Char or NetCdfType.Text)
                return NumbersIn(type == NetCdfType.Char ? Characters(name, length) : FirstString(name, length));
            if (type is null || !type.Value.IsNumeric())
                return null;
            var values = new double[length];
            fixed (double* pointer = values)
            {
                _file.Check(NativeNetCdf.nc_get_att_double(_ncid, _varid, name, pointer), $"reading {_owner}:{name}");
            }
            return values;
        }
    }

    /// <summary>The first value of a numeric attribute; null where absent, empty or no number.</summary>
    public double? Number(string name) => Numbers(name) is [var first, ..] ? first : null;

    public void Put(string name, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Put(name, NetCdfType.Char, bytes, bytes.Length);
    }

    public void Put<T>(string name, params ReadOnlySpan<T> values)
        where T : unmanaged => Put(name, NetCdfTypes.Of<T>(), MemoryMarshal.AsBytes(values), values.Length);

    private void Put(string name, NetCdfType type, ReadOnlySpan<byte> bytes, int length)
    {
        using (NativeNetCdf.Enter())
        {
            _file.ThrowIfClosed();
            fixed (byte* pointer = bytes)
            {
                _file.Check(NativeNetCdf.nc_put_att(_ncid, _varid, name, (int)type, (nuint)length, pointer), $"writing {_owner}:{name}");
            }
        }
    }

    private static double[]? NumbersIn(string text)
    {
        var parts = text.Trim('[', ']', ' ', '\0').Split((char[])[' ', ',', ';'], StringSplitOptions.RemoveEmptyEntries);
        // A single comma may stand for the point of a decimal: that is for nobody to guess.
        if (parts.Length == 0 || (parts.Length == 2 && text.Contains(',', StringComparison.Ordinal)
            && !text.Contains('.', StringComparison.Ordinal)))
            return null;
        var values = new double[parts.Length];
        for (var i = 0; i < values.Length; i++)
        {
            if (!double.TryParse(parts[i].TrimEnd('f', 'F', 'd', 'D'), NumberStyles.Float, CultureInfo.InvariantCulture, out values[i])
                || double.IsNaN(values[i]) && !parts[i].StartsWith("nan", StringComparison.OrdinalIgnoreCase))
                return null;
        }
        return values;
    }

    private NetCdfType? Inquire(string name, out int length)
    {
        _file.ThrowIfClosed();
        int type;
        nuint count;
        length = 0;
        var status = NativeNetCdf.nc_inq_att(_ncid, _varid, name, &type, &count);
        if (status == NativeNetCdf.StatusNoSuchAttribute)
            return null;
        _file.Check(status, $"reading {_owner}:{name}");
        if (count > MostValues)
            throw new RadarFileException(_file.Path, $"attribute {_owner}:{name} claims {count} values",
                "the file is damaged; fetch it again");
        length = (int)count;
        return NetCdfTypes.From(type);
    }

    private string Characters(string name, int length)
    {
        var bytes = new byte[length + 1];
        fixed (byte* pointer = bytes)
        {
            _file.Check(NativeNetCdf.nc_get_att_text(_ncid, _varid, name, pointer), $"reading {_owner}:{name}");
        }
        return Encoding.UTF8.GetString(bytes, 0, length).TrimEnd('\0', ' ');
    }

    private string FirstString(string name, int length)
    {
        if (length == 0)
            return "";
        var texts = new byte*[length];
        fixed (byte** pointer = texts)
        {
            _file.Check(NativeNetCdf.nc_get_att_string(_ncid, _varid, name, pointer), $"reading {_owner}:{name}");
            var text = Marshal.PtrToStringUTF8((IntPtr)texts[0])?.TrimEnd() ?? "";
            _file.Check(NativeNetCdf.nc_free_string((nuint)length, pointer), $"reading {_owner}:{name}");
            return text;
        }
    }
}
