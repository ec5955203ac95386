using ConvLstm.Nowcast.Ingest;

namespace ConvLstm.Nowcast.Tests.Ingest;

/// <summary>A projection in which services publish, and a corner of the country that uses it, in metres or degrees.</summary>
public sealed record ProjectionCase(string Name, string Proj, double OriginX, double OriginY)
{
    internal bool IsGeographic => Proj.Contains("longlat", StringComparison.Ordinal);

    /// <summary>A grid whose upper-left corner lies there.</summary>
    internal RadarGrid Grid(int width, int height, double pixel) => Sample.RadarGrid(width, height, Proj, pixel, OriginX, OriginY);

    public override string ToString() => Name;
}

/// <summary>The seven kinds of projection that must be located well.</summary>
internal static class ProjectionCases
{
    internal static IReadOnlyList<ProjectionCase> All { get; } =
    [
        new("polar stereographic, Netherlands", KnmiVariant.Proj, 0, -3_650_000),
        new("polar stereographic, Finland", "+proj=stere +lat_0=90 +lon_0=25 +lat_ts=60 +x_0=380886.31 +y_0=3395677.92 +R=6371288", 0,
            1_226_000),
        new("Albers, Brisbane", "+proj=aea +lat_0=-27.7178 +lon_0=153.24 +lat_1=-26.2 +lat_2=-29.3 +ellps=GRS80", -128_000, 128_000),
        new("LAEA, Europe", "+proj=laea +lat_0=55 +lon_0=10 +x_0=1950000 +y_0=-2100000 +ellps=WGS84", 500_000, -500_000),
        new("LCC, Austria", "+proj=lcc +lat_0=46.5 +lon_0=13.3 +lat_1=46 +lat_2=49 +x_0=400000 +y_0=400000 +ellps=bessel", 112_000,
            620_000),
        new("Mercator, Japan", "+proj=merc +lon_0=140 +lat_ts=36 +R=6371000", -400_000, 3_800_000),
        new("transverse Mercator, Britain", "+proj=tmerc +lat_0=49 +lon_0=-2 +k_0=0.9996012717 +x_0=400000 +y_0=-100000 +ellps=airy",
            -405_000, 1_320_000),
        new("lat/lon, United States", "+proj=longlat +ellps=WGS84", -91.6, 49.88),
    ];
}
