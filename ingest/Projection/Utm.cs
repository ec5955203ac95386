namespace ConvLstm.Nowcast.Ingest.Projection;

/// <summary>Universal transverse Mercator, spelled out as the transverse Mercator that it is.</summary>
internal static class Utm
{
    internal static ProjString Expand(ProjString p) => p.Kind != "utm"
        ? p
        : ProjString.Of("tmerc", p.Ellipsoid, ("lat_0", 0), ("lon_0", (p.Number("zone") * 6) - 183), ("k_0", 0.9996),
            ("x_0", 500_000), ("y_0", p.Has("south") ? 10_000_000 : 0));
}
