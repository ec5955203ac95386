using System.Diagnostics;
using System.Globalization;
using ConvLstm.Nowcast.Ingest.NetCdf;
using ConvLstm.Nowcast.Ingest.Projection;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Ingest;

public sealed class Projections
{
    public static TheoryData<string, double, double> Cases { get; } = new()
    {
        // A projection, and a place in the middle of where it is used.
        { "+proj=stere +lat_0=90 +lon_0=0 +lat_ts=60 +a=6378137 +b=6356752", 5, 52 },
        { "+proj=stere +lat_0=90 +lon_0=25 +lat_ts=60 +x_0=380886.31 +y_0=3395677.92 +R=6371288", 25, 62 },
        { "+proj=stere +lat_0=-90 +lon_0=0 +k_0=0.97 +ellps=WGS84", 10, -75 },
        { "+proj=stere +lat_0=50 +lon_0=10 +ellps=WGS84", 11, 49 },
        { "+proj=aea +lat_0=-27.7178 +lon_0=153.24 +lat_1=-26.2 +lat_2=-29.3 +ellps=GRS80", 153, -27 },
        { "+proj=laea +lat_0=55 +lon_0=10 +x_0=1950000 +y_0=-2100000 +ellps=WGS84", 5, 50 },
        { "+proj=lcc +lat_0=46.5 +lon_0=13.3 +lat_1=46 +lat_2=49 +x_0=400000 +y_0=400000 +ellps=bessel", 14, 47 },
        { "+proj=lcc +lat_1=25 +lat_0=25 +lon_0=265 +R=6371200", -95, 35 },
        { "+proj=merc +lon_0=10 +lat_ts=41 +ellps=WGS84", 12, 42 },
        { "+proj=merc +lon_0=0 +k_0=0.9 +R=6371000", -3, -10 },
        { "+proj=tmerc +lat_0=49 +lon_0=-2 +k_0=0.9996012717 +x_0=400000 +y_0=-100000 +ellps=airy", -1, 53 },
        { "+proj=utm +zone=33 +ellps=GRS80", 15.5, 60 },
        { "+proj=aeqd +lat_0=-37.85 +lon_0=144.75 +ellps=WGS84", 145, -37 },
        { "+proj=longlat +ellps=WGS84", 8, 47 },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task PlacesAgreeWithPlainPROJToAMillimetre(string proj, double longitude, double latitude)
    {
        Assert.SkipWhen(!File.Exists("/usr/bin/cs2cs"), "cs2cs is not installed (proj-bin).");
        using var transform = new ProjTransform(proj);
        using var cs2cs = Process.Start(new ProcessStartInfo("/usr/bin/cs2cs",
            ["-f", "%.6f", "+proj=longlat", .. Figure(proj), "+no_defs", "+to", .. ProjString.Parse(proj).ToString().Split(' ')])
        { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        var points = from i in Enumerable.Range(-2, 5) from j in Enumerable.Range(-2, 5) select (longitude + i, latitude + j);
        foreach (var (x, y) in points)
            await cs2cs.StandardInput.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{x} {y}"));
        cs2cs.StandardInput.Close();
        foreach (var (lon, lat) in points)
        {
            var expected = (await cs2cs.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken))!.Split('\t', ' ')
                .Take(2).Select(n => double.Parse(n, CultureInfo.InvariantCulture)).ToArray();
            var (x, y) = transform.ToProjection(lon, lat);
            Assert.Equal(expected[0], x, 1e-3);
            Assert.Equal(expected[1], y, 1e-3);
            var (backLon, backLat) = transform.ToLonLat(x, y);
            Assert.Equal(0, Math.IEEERemainder(lon - backLon, 360), 1e-8);
            Assert.Equal(lat, backLat, 1e-8);
        }
        await cs2cs.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void AGridMappingSaysTheSameProjection(string proj, double longitude, double latitude)
    {
        using var folder = new TemporaryFolder();
        using var file = NetCdfFile.Create(folder.File("crs.nc"));
        var attributes = file.Root.DefineVariable("crs", NetCdfType.Int32).Attributes;
        foreach (var (name, value) in CfGridMapping.FromProj(proj))
        {
            if (value is string text)
                attributes.Put(name, text);
            else
                attributes.Put<double>(name, (double[])value);
        }
        var read = CfGridMapping.Read(attributes).ToString();
        using var expected = new ProjTransform(proj);
        using var actual = new ProjTransform(read);
        var (x, y) = expected.ToProjection(longitude, latitude);
        var (x2, y2) = actual.ToProjection(longitude, latitude);
        Assert.Equal(x, x2, 1e-4);
        Assert.Equal(y, y2, 1e-4);
        Assert.Equal(ProjString.Parse(proj).Ellipsoid.Name, ProjString.Parse(read).Ellipsoid.Name);
    }

    [Theory]
    [InlineData("+proj=latlong +datum=WGS84", "+proj=longlat +ellps=WGS84 +no_defs")]
    [InlineData("+lon_0=10 +proj=laea +lat_0=52.0 +units=m +ellps=WGS84 +type=crs",
        "+proj=laea +lat_0=52 +lon_0=10 +x_0=0 +y_0=0 +ellps=WGS84 +units=m +no_defs")]
    [InlineData("+proj=laea +lat_0=52 +lon_0=10 +a=6378137.0 +rf=298.257223563",
        "+proj=laea +lat_0=52 +lon_0=10 +x_0=0 +y_0=0 +ellps=WGS84 +units=m +no_defs")]
    [InlineData("+proj=stere +lat_0=90 +lon_0=0.0 +lat_ts=60.0 +a=6378.137 +b=6356.752 +x_0=1 +y_0=0",
        "+proj=stere +lat_0=90 +lon_0=0 +lat_ts=60 +x_0=1000 +y_0=0 +a=6378137 +b=6356752 +units=m +no_defs")]
    [InlineData("+proj=merc +lon_0=0 +x_0=1e+06 +R=6371000",
        "+proj=merc +lon_0=0 +lat_ts=0 +x_0=1000000 +y_0=0 +R=6371000 +units=m +no_defs")]
    public void OneProjectionHasOneSpelling(string given, string expected)
    {
        Assert.Equal(expected, ProjString.Parse(given).ToString());
        Assert.Equal(expected, ProjString.Parse(expected).ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("+lat_0=52")]
    [InlineData("+proj=laea +lat_0=52 +ellps=banana")]
    [InlineData("+proj=stere\0 +lat_0=90")]
    public void WhatIsNoProjectionIsRefused(string text) => Assert.Throws<FormatException>(() => ProjString.Parse(text));

    [Fact]
    public void AProjectionThatPROJDoesNotKnowIsNamed() =>
        Assert.Contains("banana", Assert.Throws<FormatException>(() => new ProjTransform("+proj=banana +ellps=WGS84")).Message,
            StringComparison.Ordinal);

    [Fact]
    public void TheLocatorFindsThePixelThatHoldsAPoint()
    {
        using var locator = new GridLocator(Sample.RadarGrid());
        for (var row = 0; row < 6; row++)
        {
            for (var column = 0; column < 8; column++)
            {
                var (longitude, latitude) = locator.LonLat(column, row);
                Assert.Equal((column, row), locator.PixelAt(longitude, latitude));
            }
        }
        var (outside, above) = locator.LonLat(8, 2);
        Assert.Null(locator.PixelAt(outside, above));
        Assert.Null(locator.PixelAt(-170, -52));
    }

    [Fact]
    public void ALatLonGridIsFoundWhicheverWayLongitudesAreCounted()
    {
        using var locator = new GridLocator(Sample.RadarGrid(1024, 1024, "+proj=longlat +ellps=WGS84", 0.01, -91.6, 49.88));
        Assert.Equal((0, 0), locator.PixelAt(-91.595, 49.875));
        Assert.Equal((0, 0), locator.PixelAt(268.405, 49.875));
        Assert.Null(locator.PixelAt(-91.605, 49.875));
    }

    [Fact]
    public void TheNameOfAGridFollowsFromItsGeometryAlone()
    {
        var name = Sample.RadarGrid().Name;
        Assert.Matches("^laea-8x6-[0-9a-f]{4}$", name);
        Assert.Equal(name, Sample.RadarGrid(originX: -4000.00001).Name);
        Assert.NotEqual(name, Sample.RadarGrid(originX: -3000).Name);
        Assert.NotEqual(name, Sample.RadarGrid(proj: "+proj=laea +lat_0=53 +lon_0=10 +ellps=WGS84").Name);
    }

    // The same figure of the earth on both sides, so that cs2cs projects and shifts no datum.
    private static string[] Figure(string proj) =>
        [.. ProjString.Parse(proj).ToString().Split(' ')
            .Where(p => p.StartsWith("+ellps", StringComparison.Ordinal) || p.StartsWith("+R=", StringComparison.Ordinal)
            || p.StartsWith("+a=", StringComparison.Ordinal) || p.StartsWith("+b=", StringComparison.Ordinal))];
}
