using ConvLstm.Nowcast.Ingest.Formats;
using ConvLstm.Nowcast.Ingest.NetCdf;
using ConvLstm.Nowcast.Ingest.Projection;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Ingest.Field;

/// <summary>
/// Projections and corners in the many ways in which they are written; what is not understood is refused and never taken for longitude
/// and latitude.
/// </summary>
public sealed class PixelLocations : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ARotatedPoleIsRefused()
    {
        Assert.Contains("rotated pole", CfSample.Refusal(FieldCases.Path("03_rotated_pole.nc")), StringComparison.Ordinal);
        foreach (var mapping in (Action<NetCdfAttributes>[])
        [
            crs => crs.Put("grid_mapping_name", "rotated_latitude_longitude"),
            crs => crs.Put("proj4", "+proj=ob_tran +o_proj=longlat +o_lon_p=0 +o_lat_p=39.25 +lon_0=18 +ellps=WGS84"),
            crs => crs.Put("grid_mapping_name", "my_own_mapping"),
        ])
            CfSample.Refusal(new CfSample { Mapping = mapping, Axes = Degrees }.Write(_folder));
        Assert.Contains("rotated pole", CfSample.Refusal(new CfSample
        {
            Axes = (x, y) =>
            {
                Degrees(x, y);
                x.Put("standard_name", "grid_longitude");
                y.Put("standard_name", "grid_latitude");
            },
        }.Write(_folder)), StringComparison.Ordinal);
        Assert.Contains("angles", CfSample.Refusal(
            new CfSample { Mapping = crs => crs.Put("proj4", Sample.Laea), Axes = Degrees }.Write(_folder)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("08_projdef_90N_0.h5", "+proj=stere +lat_0=90 +lon_0=25 +lat_ts=60 +x_0=0 +y_0=0 +R=6371288 +units=m +no_defs", 2000,
        -580000, -1770000)]
    [InlineData("11_km_axes.nc", "+proj=stere +lat_0=90 +lon_0=0 +lat_ts=60 +x_0=0 +y_0=0 +a=6378137 +b=6356752 +units=m +no_defs", 1000, 0,
        -3650000)]
    [InlineData("24_polar_to_cf.nc", "+proj=stere +lat_0=90 +lon_0=-45 +lat_ts=70 +x_0=0 +y_0=0 +ellps=WGS84 +units=m +no_defs", 1000, -500,
        100500)]
    [InlineData("25_two_corners.h5", "+proj=laea +lat_0=55 +lon_0=10 +x_0=1950000 +y_0=-2100000 +ellps=WGS84 +units=m +no_defs", 2000,
        100000, -100000)]
    public void TheReportedFilesLieWhereTheyShould(string name, string proj, double pixel, double x, double y)
    {
        using var file = CfSample.Open(FieldCases.Path(name));
        Assert.Equal((proj, pixel, pixel, x, y),
            (file.Grid.Proj, file.Grid.PixelX, file.Grid.PixelY, file.Grid.OriginX, file.Grid.OriginY));
    }

    [Fact]
    public void CornersThatDifferByMetresAreOneGrid()
    {
        using var first = RadarFormats.Open(FieldCases.Path("07_corner_decimals_a.h5"));
        using var second = RadarFormats.Open(FieldCases.Path("07_corner_decimals_b.h5"));
        Assert.True(first.Grid.CoversTheSame(second.Grid));
        Assert.False(first.Grid.CoversTheSame(second.Grid with { OriginX = second.Grid.OriginX + (0.1 * second.Grid.PixelX) }));
    }

    [Theory]
    [InlineData("+proj=stere +lat_0=90N +lon_0=25E +lat_ts=60 +R=6371288", "+proj=stere +lat_0=90 +lon_0=25 +lat_ts=60 +R=6371288")]
    [InlineData("+proj=laea +lat_0=55d30'N +lon_0=4.5W +ellps=WGS84", "+proj=laea +lat_0=55.5 +lon_0=-4.5 +ellps=WGS84")]
    [InlineData("+proj=tmerc +lat_0=49 +lon_0=2w +k=0.9996 +datum=OSGB36 +units=km",
        "+proj=tmerc +lat_0=49 +lon_0=-2 +k=0.9996 +ellps=airy")]
    [InlineData("+proj=lcc +lat_1=46 +lat_2=49 +lat_0=47.5 +lon_0=13.333 +datum=hermannskogel",
        "+proj=lcc +lat_1=46 +lat_2=49 +lat_0=47.5 +lon_0=13.333 +ellps=bessel")]
    [InlineData("EPSG:3413", "+proj=stere +lat_0=90 +lat_ts=70 +lon_0=-45 +x_0=0 +y_0=0 +datum=WGS84")]
    [InlineData("EPSG:3035", "+proj=laea +lat_0=52 +lon_0=10 +x_0=4321000 +y_0=3210000 +ellps=GRS80")]
    public void TheManySpellingsOfAProjectionAreOne(string text, string plain) =>
        Assert.Equal(ProjString.Parse(plain).ToString(), ProjString.Parse(text).ToString());

    [Theory]
    [InlineData("+proj=laea +lat_0=north +lon_0=10 +ellps=WGS84", "lat_0=north")]
    [InlineData("+proj=laea +lat_0=52 +lon_0=10 +ellps=potato", "potato")]
    [InlineData("EPSG:999999", "EPSG:999999")]
    [InlineData("+proj=laea +lat_0=52 +lon_0=10 +units=cubit", "cubit")]
    public void WhatIsNoProjectionIsNamed(string text, string reason) =>
        Assert.Contains(reason, Assert.Throws<FormatException>(() => ProjString.Parse(text)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("km", null, "+units=m", 1000)]
    [InlineData(null, null, "+units=km", 1000)]
    [InlineData(null, "+to_meter=500", "", 500)]
    [InlineData("m", null, "+units=km", 1)]
    public void AxesWithoutUnitHaveThatOfTheProjection(string? unit, string? factor, string projUnits, double metres)
    {
        var path = new CfSample
        {
            X = i => i,
            Y = j => -j,
            Mapping = crs => crs.Put("proj4", $"+proj=laea +lat_0=52 +lon_0=10 +ellps=WGS84 {projUnits} {factor}"),
            Axes = (x, y) =>
            {
                foreach (var axis in new[] { x, y })
                {
                    if (unit is not null)
                        axis.Put("units", unit);
                }
                x.Put("standard_name", "projection_x_coordinate");
                y.Put("standard_name", "projection_y_coordinate");
            },
        }.Write(_folder);
        using var file = CfSample.Open(path);
        Assert.Equal((metres, -0.5 * metres, 0.5 * metres), (file.Grid.PixelX, file.Grid.OriginX, file.Grid.OriginY));
    }

    [Theory]
    [InlineData("+proj=somerc +lat_0=46.952405 +lon_0=7.439583 +x_0=2600000 +y_0=1200000 +ellps=bessel")]
    [InlineData("+proj=krovak +lat_0=49.5 +lon_0=24.8333333333333 +k=0.9999 +ellps=bessel")]
    [InlineData("+proj=sinu +lon_0=10 +ellps=WGS84")]
    [InlineData("+proj=eqc +lat_ts=50 +lon_0=10 +ellps=WGS84")]
    public void EveryProjectionThatIsReadCanBeWritten(string text)
    {
        var grid = Sample.RadarGrid(proj: text);
        var path = Sample.RadarFile(_folder, Sample.RadarFrame(grid, rate: 3), "scan.nc");
        using var file = RadarFormats.Open(path);
        Assert.True(grid.CoversTheSame(file.Grid), file.Grid.Proj);
        using var raw = NetCdfFile.Open(path);
        var mapping = raw.Root.FindVariable("crs")!.Attributes;
        Assert.Contains("CRS[", mapping.Text("crs_wkt"), StringComparison.Ordinal);
        Assert.NotNull(mapping.Text("spatial_ref"));
    }

    [Theory]
    [InlineData("mch_cpc.h5", 710, 640, 1000)]
    [InlineData("wradlib_belgium.comp.hdf", 700, 700, 1000)]
    [InlineData("pysteps_T_PAAH22_C_EUOC_20241126010000.hdf", 1900, 2200, 2000)]
    [InlineData("rave_comp4ctfilter.h5", 1022, 1916, 2000)]
    [InlineData("rave_composite_with_radarindex.h5", 848, 1104, 2000)]
    [InlineData("knmi_RAD_CU21_PPZ_E05_202208302235.h5", 720, 720, 1250)]
    [InlineData("knmi_RAD_NL25_PCP_CM_202106222000.h5", 700, 765, 1000)]
    public void CompositesOfServicesAreRead(string name, int width, int height, double pixel)
    {
        using var file = RadarFormats.Open(FieldCases.Path("real", name));
        Assert.Equal((width, height), (file.Grid.Width, file.Grid.Height));
        Assert.Equal(pixel, file.Grid.PixelX, pixel * 0.01);
        Assert.Equal(pixel, file.Grid.PixelY, pixel * 0.01);
        Assert.Contains(file.Read(0).RainRate, r => r > 0);
    }

    private static void Degrees(NetCdfAttributes x, NetCdfAttributes y)
    {
        x.Put("units", "degrees");
        y.Put("units", "degrees");
    }
}
