using System.Runtime.InteropServices;
using System.Text;

namespace ConvLstm.Nowcast.Ingest.Projection;

/// <summary>
/// A coordinate reference system as PROJ reads it: from proj text, WKT 1 and 2, PROJJSON, or a name such as <c>EPSG:28992</c>.
/// </summary>
internal sealed unsafe class ReferenceSystem : IDisposable
{
    private readonly IntPtr _context;
    private readonly IntPtr _crs;
    private readonly string _text;

    /// <exception cref="FormatException">PROJ cannot read it.</exception>
    internal ReferenceSystem(string definition)
    {
        _text = definition.Length <= 80 ? definition : definition[..80] + "…";
        _context = NativeProj.CreateContext();
        _crs = NativeProj.proj_create(_context, definition);
        if (_crs != IntPtr.Zero)
            return;
        _ = NativeProj.proj_context_destroy(_context);
        throw new FormatException($"PROJ does not know the projection '{_text}'");
    }

    /// <summary>As proj text.</summary>
    /// <exception cref="FormatException">No proj text can say it.</exception>
    internal string Proj() => Text(NativeProj.proj_as_proj_string(_context, _crs, NativeProj.Proj4Spelling, null))
        ?? throw new FormatException($"no PROJ string can say the projection '{_text}'");

    /// <summary>As well-known text in one line; null where that kind of text cannot say it.</summary>
    /// <param name="kind"><see cref="NativeProj.Wkt2"/> or <see cref="NativeProj.Wkt1"/>.</param>
    internal string? Wkt(int kind)
    {
        fixed (byte* option = Encoding.UTF8.GetBytes("MULTILINE=NO\0"))
        {
            var options = stackalloc byte*[] { option, null };
            return Text(NativeProj.proj_as_wkt(_context, _crs, kind, options));
        }
    }

    /// <summary>The figure of the earth; null where it has none.</summary>
    internal Ellipsoid? Ellipsoid()
    {
        var ellipsoid = NativeProj.proj_get_ellipsoid(_context, _crs);
        if (ellipsoid == IntPtr.Zero)
            return null;
        double a, b, inverse;
        int computed;
        var known = NativeProj.proj_ellipsoid_get_parameters(_context, ellipsoid, &a, &b, &computed, &inverse) != 0;
        _ = NativeProj.proj_destroy(ellipsoid);
        return !known ? null : inverse > 0 ? Projection.Ellipsoid.FromInverseFlattening(a, inverse) : new Ellipsoid(a, b);
    }

    public void Dispose()
    {
        _ = NativeProj.proj_destroy(_crs);
        _ = NativeProj.proj_context_destroy(_context);
    }

    private static string? Text(byte* text) => Marshal.PtrToStringUTF8((IntPtr)text);
}
