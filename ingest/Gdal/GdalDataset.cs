using System.Runtime.InteropServices;

namespace ConvLstm.Nowcast.Ingest.Gdal;

/// <summary>An open raster. May be read from several threads, which take turns.</summary>
internal sealed unsafe class GdalDataset : IDisposable
{
    private readonly Lock _gate = new();
    private IntPtr _dataset;

    private GdalDataset(IntPtr dataset)
    {
        _dataset = dataset;
        (Width, Height) = (NativeGdal.GDALGetRasterXSize(dataset), NativeGdal.GDALGetRasterYSize(dataset));
        Bands = [.. Enumerable.Range(1, NativeGdal.GDALGetRasterCount(dataset))
            .Select(n => new GdalBand(this, NativeGdal.GDALGetRasterBand(dataset, n)))];
    }

    internal int Width { get; }

    internal int Height { get; }

    internal IReadOnlyList<GdalBand> Bands { get; }

    /// <summary>Names and values that the file has of itself as a whole.</summary>
    internal IReadOnlyDictionary<string, string> Metadata => ReadMetadata(_dataset);

    /// <summary>WKT; empty where the file has none.</summary>
    internal string Projection => Text(NativeGdal.GDALGetProjectionRef(_dataset));

    /// <summary>Six numbers from column and row to x and y; null where the file has none.</summary>
    internal double[]? GeoTransform
    {
        get
        {
            var transform = new double[6];
            fixed (double* numbers = transform)
                return NativeGdal.GDALGetGeoTransform(_dataset, numbers) == 0 ? transform : null;
        }
    }

    /// <param name="location">A file; never a name that GDAL understands as something else.</param>
    /// <param name="driver">The only one that may open it.</param>
    /// <param name="options">Of the driver, <c>NAME=VALUE</c>.</param>
    /// <exception cref="GdalException">It cannot.</exception>
    internal static GdalDataset Open(string location, string driver, params ReadOnlySpan<string> options)
    {
        NativeGdal.Initialise();
        // Absolute: prefixes such as /vsicurl/ and names of other kinds cannot come about.
        var path = Path.GetFullPath(location);
        if (path.StartsWith("/vsi", StringComparison.Ordinal))
            throw new GdalException($"{path} is a name that GDAL would not take for a file");
        using var drivers = new TextList(driver);
        using var settings = new TextList(options);
        using var siblings = new TextList();
        NativeGdal.CPLErrorReset();
        var dataset = NativeGdal.GDALOpenEx(path, NativeGdal.OpenRaster | NativeGdal.OpenVerbose, drivers.Pointer, settings.Pointer,
            siblings.Pointer);
        return dataset != IntPtr.Zero ? new GdalDataset(dataset) : throw Failed();
    }

    internal Lock.Scope Enter()
    {
        var scope = _gate.EnterScope();
        if (_dataset != IntPtr.Zero)
            return scope;
        scope.Dispose();
        throw new ObjectDisposedException(nameof(GdalDataset));
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_dataset != IntPtr.Zero)
                NativeGdal.GDALClose(_dataset);
            _dataset = IntPtr.Zero;
        }
    }

    /// <summary>What the library says of the last call; the name of its temporary file says nothing to anybody.</summary>
    internal static GdalException Failed()
    {
        var message = Text(NativeGdal.CPLGetLastErrorMsg()).ReplaceLineEndings(" ").Trim().TrimEnd('.');
        return new GdalException(message.Length == 0 ? "GDAL does not take it"
            : message.Replace(Path.GetTempPath(), "", StringComparison.Ordinal));
    }

    internal static Dictionary<string, string> ReadMetadata(IntPtr part)
    {
        var found = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var list = NativeGdal.GDALGetMetadata(part, null);
        for (; list is not null && *list is not null; list++)
        {
            var text = Text(*list);
            var equals = text.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
                found[text[..equals]] = text[(equals + 1)..];
        }
        return found;
    }

    internal static string Text(byte* text) => Marshal.PtrToStringUTF8((IntPtr)text) ?? "";

    /// <summary>Texts as C has them, the last one null.</summary>
    private sealed class TextList : IDisposable
    {
        internal byte** Pointer { get; }

        internal TextList(params ReadOnlySpan<string> texts)
        {
            Pointer = (byte**)NativeMemory.AllocZeroed((nuint)texts.Length + 1, (nuint)sizeof(byte*));
            for (var i = 0; i < texts.Length; i++)
                Pointer[i] = (byte*)Marshal.StringToCoTaskMemUTF8(texts[i]);
        }

        public void Dispose()
        {
            for (var text = Pointer; *text is not null; text++)
                Marshal.FreeCoTaskMem((IntPtr)(*text));
            NativeMemory.Free(Pointer);
        }
    }
}
