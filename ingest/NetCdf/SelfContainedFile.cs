using System.Text;

namespace ConvLstm.Nowcast.Ingest.NetCdf;

/// <summary>
/// Refuses HDF5 files that would make the library read another file or load code: external storage, external and user-defined links,
/// virtual datasets and filters that are plugins. Whoever may send a scan could otherwise have any file of this machine published as
/// rain. Only the structure is looked at, which the library keeps inside the file; nothing that the file names is opened.
/// </summary>
internal sealed class SelfContainedFile
{
    // A volume of many sweeps has some hundred groups and datasets, a NetCDF-4 file as many variables.
    private const int MostObjects = 20_000;
    private const int DeepestGroup = 32;

    // H5Zpublic.h: deflate, shuffle, fletcher32, szip, nbit and scaleoffset are part of the library.
    private const int LastOwnFilter = 6;

    private readonly NativeHdf5Links _hdf5;
    private readonly string _path;
    private readonly HashSet<ulong> _seen = [];
    private readonly List<string> _dead = [];
    private int _left = MostObjects;

    private SelfContainedFile(NativeHdf5Links hdf5, string path)
    {
        _hdf5 = hdf5;
        _path = path;
    }

    /// <summary>
    /// Opens the file to look at it; invalid for one that is no HDF5, which holds nothing of the kind, or that not even the library can
    /// open.
    /// </summary>
    /// <param name="location">The absolute path.</param>
    /// <param name="name">What errors call the file.</param>
    internal static unsafe Hdf5Handle Open(string location, string name)
    {
        if (!Hdf5Signature.IsIn(location))
            return new(-1, null);
        return NativeNetCdf.Hdf5Links is { } hdf5
            ? hdf5.OpenFile(location)
            : throw new NetCdfException(name, "looking for links out of the file",
                "the libnetcdf of NOWCAST_NETCDF hides its HDF5; use that of the distribution");
    }

    /// <summary>To be called with the library's lock, before libnetcdf opens the file.</summary>
    /// <param name="file">As <see cref="Open"/> opened it.</param>
    /// <param name="name">What errors call the file.</param>
    /// <returns>
    /// The links that libnetcdf would fail or run in circles on: those to nothing, and those that give a group another name. No data are
    /// lost with them.
    /// </returns>
    /// <exception cref="NetCdfException">It is not self-contained, or has too many parts.</exception>
    internal static IReadOnlyList<string> Check(Hdf5Handle file, string name)
    {
        // What the library cannot even open it reports when libnetcdf tries.
        if (!file.IsValid || NativeNetCdf.Hdf5Links is not { } hdf5)
            return [];
        var look = new SelfContainedFile(hdf5, name);
        using (var root = hdf5.Open(file, "/\0"u8))
        {
            if (root.IsValid && hdf5.AddressOf(root) is { } address)
                look._seen.Add(address);
        }
        look.CheckGroup(file, "/", 0);
        return look._dead;
    }

    private void CheckGroup(Hdf5Handle group, string path, int depth)
    {
        if (depth > DeepestGroup)
            throw Refused($"its groups are nested deeper than {DeepestGroup}");
        if (_hdf5.LinksOf(group, _left) is not { } links)
            throw Refused($"the entries of {path} cannot be listed");
        foreach (var link in links)
        {
            if (--_left < 0)
                throw Refused($"it has over {MostObjects} parts");
            var at = $"{path.TrimEnd('/')}/{Encoding.UTF8.GetString(link.Name)}";
            if (link.Kind == NativeHdf5Links.HardLink)
                CheckObject(group, link, at, depth);
            else if (link.Kind == NativeHdf5Links.SoftLink)
                CheckSoftLink(group, link, at);
            else
                throw Refused($"{at} is a link to another file");
        }
    }

    private void CheckObject(Hdf5Handle group, Hdf5Link link, string at, int depth)
    {
        using var part = _hdf5.Open(group, [.. link.Name, 0]);
        if (!part.IsValid)
            return;
        switch (_hdf5.KindOf(part))
        {
            case NativeHdf5Links.Group when !_seen.Add(link.Address):
                _dead.Add(at);
                break;
            case NativeHdf5Links.Group:
                CheckGroup(part, at, depth + 1);
                break;
            case NativeHdf5Links.Dataset:
                CheckDataset(part, at);
                break;
            default:
                break;
        }
    }

    // What it leads to has a name of its own, under which it is looked at; only another name for a dataset is of use.
    private void CheckSoftLink(Hdf5Handle group, Hdf5Link link, string at)
    {
        using var part = _hdf5.Open(group, [.. link.Name, 0]);
        if (!part.IsValid || _hdf5.KindOf(part) != NativeHdf5Links.Dataset)
            _dead.Add(at);
    }

    private void CheckDataset(Hdf5Handle dataset, string at)
    {
        using var list = _hdf5.CreationListOf(dataset);
        if (!list.IsValid)
            throw Refused($"the layout of {at} cannot be read");
        if (_hdf5.ExternalFilesOf(list) != 0)
            throw Refused($"the data of {at} are in another file (external storage)");
        if (_hdf5.LayoutOf(list) == NativeHdf5Links.VirtualLayout)
            throw Refused($"the data of {at} are in other datasets (a virtual dataset)");
        for (int i = 0, count = _hdf5.FiltersOf(list); i < count; i++)
        {
            if (_hdf5.FilterOf(list, i) is var filter and not (> 0 and <= LastOwnFilter))
                throw Refused($"{at} is packed with {Hdf5Filters.Describe(filter)}, which would be a plugin; publish it with deflate");
        }
    }

    private NetCdfException Refused(string reason) => NetCdfException.Refusal(_path, reason);
}
