using System.Runtime.InteropServices;

namespace ConvLstm.Nowcast.Ingest.NetCdf;

/// <summary>A dimension: a name and a length; a length of 0 in a definition means that it grows.</summary>
public sealed record NetCdfDimension(string Name, long Length)
{
    internal int Id { get; init; }
}

/// <summary>A group of a file: dimensions, variables, attributes and further groups. What is there is asked of the file once.</summary>
public sealed unsafe class NetCdfGroup
{
    private readonly NetCdfFile _file;
    private readonly int _ncid;
    private List<NetCdfGroup>? _groups;
    private List<NetCdfVariable>? _variables;

    internal NetCdfGroup(NetCdfFile file, int ncid, string path)
    {
        _file = file;
        _ncid = ncid;
        Path = path;
        Attributes = new NetCdfAttributes(file, ncid, NativeNetCdf.GlobalVariable, path);
    }

    /// <summary>The names from the root down, such as <c>/dataset1/data1</c>.</summary>
    public string Path { get; }

    /// <summary>The last part of the path.</summary>
    public string Name => Path[(Path.LastIndexOf('/') + 1)..];

    public NetCdfAttributes Attributes { get; }

    /// <summary>The groups directly below this one.</summary>
    public IReadOnlyList<NetCdfGroup> Groups => _groups ??= ListGroups();

    /// <summary>The variables of this group, not of those below.</summary>
    public IReadOnlyList<NetCdfVariable> Variables => _variables ??= ListVariables();

    /// <summary>The group at a path below this one, such as <c>image1/calibration</c>; null where there is none.</summary>
    public NetCdfGroup? FindGroup(string path)
    {
        var group = this;
        foreach (var name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            group = group.Groups.FirstOrDefault(g => g.Name == name);
            if (group is null)
                return null;
        }
        return group;
    }

    /// <summary>The variable of that name; null where there is none.</summary>
    public NetCdfVariable? FindVariable(string name) => Variables.FirstOrDefault(v => v.Name == name);

    public NetCdfGroup DefineGroup(string name)
    {
        using (NativeNetCdf.Enter())
        {
            _file.ThrowIfClosed();
            int id;
            _file.Check(NativeNetCdf.nc_def_grp(_ncid, name, &id), $"defining group {name}");
            var group = new NetCdfGroup(_file, id, Path.TrimEnd('/') + "/" + name);
            _groups?.Add(group);
            return group;
        }
    }

    /// <param name="name">The name.</param>
    /// <param name="length">0 for a dimension that grows as frames are written.</param>
    public NetCdfDimension DefineDimension(string name, long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        using (NativeNetCdf.Enter())
        {
            _file.ThrowIfClosed();
            int id;
            _file.Check(NativeNetCdf.nc_def_dim(_ncid, name, (nuint)length, &id), $"defining dimension {name}");
            return new NetCdfDimension(name, length) { Id = id };
        }
    }

    /// <summary>Defines a variable over the dimensions, slowest first; none for a scalar.</summary>
    public NetCdfVariable DefineVariable(string name, NetCdfType type, params ReadOnlySpan<NetCdfDimension> dimensions)
    {
        Span<int> ids = stackalloc int[dimensions.Length];
        for (var i = 0; i < ids.Length; i++)
            ids[i] = dimensions[i].Id;
        using (NativeNetCdf.Enter())
        {
            _file.ThrowIfClosed();
            int id;
            fixed (int* dimids = ids)
            {
                _file.Check(NativeNetCdf.nc_def_var(_ncid, name, (int)type, ids.Length, dimids, &id), $"defining variable {name}");
            }
            var variable = new NetCdfVariable(_file, _ncid, id, Path, name, type, dimensions.ToArray());
            _variables?.Add(variable);
            return variable;
        }
    }

    private List<NetCdfGroup> ListGroups()
    {
        using (NativeNetCdf.Enter())
        {
            _file.ThrowIfClosed();
            int count;
            _file.Check(NativeNetCdf.nc_inq_grps(_ncid, &count, null), $"listing the groups of {Path}");
            var ids = new int[count];
            fixed (int* pointer = ids)
            {
                _file.Check(NativeNetCdf.nc_inq_grps(_ncid, &count, pointer), $"listing the groups of {Path}");
            }
            var groups = new List<NetCdfGroup>(count);
            var name = stackalloc byte[NativeNetCdf.MaxName + 1];
            foreach (var id in ids)
            {
                _file.Check(NativeNetCdf.nc_inq_grpname(id, name), $"reading a group's name in {Path}");
                groups.Add(new NetCdfGroup(_file, id, Path.TrimEnd('/') + "/" + Marshal.PtrToStringUTF8((IntPtr)name)));
            }
            return groups;
        }
    }

    private List<NetCdfVariable> ListVariables()
    {
        using (NativeNetCdf.Enter())
        {
            _file.ThrowIfClosed();
            int count;
            _file.Check(NativeNetCdf.nc_inq_varids(_ncid, &count, null), $"listing the variables of {Path}");
            var ids = new int[count];
            fixed (int* pointer = ids)
            {
                _file.Check(NativeNetCdf.nc_inq_varids(_ncid, &count, pointer), $"listing the variables of {Path}");
            }
            return ids.Select(id => NetCdfVariable.Inquire(_file, _ncid, id, Path)).ToList();
        }
    }
}
