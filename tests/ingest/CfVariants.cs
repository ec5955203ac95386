using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Formats;
using ConvLstm.Nowcast.Ingest.NetCdf;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Ingest;

/// <summary>
/// What is written in any of the variants that services publish is read back as the same rain with the same three states.
/// </summary>
public sealed class CfVariants
{
    private static readonly (string Units, double PerMmH, string StandardName, TimeSpan? Period)[] Quantities =
    [
        ("mm h-1", 1, "rainfall_rate", null),
        ("mm/hr", 1, "lwe_precipitation_rate", null),
        ("m s-1", 1 / 3.6e6, "rainfall_rate", null),
        ("kg m-2 s-1", 1 / 3600.0, "rainfall_flux", null),
        ("kg m-2", 1, "precipitation_amount", TimeSpan.FromMinutes(10)),
        ("mm", 1, "thickness_of_rainfall_amount", TimeSpan.FromMinutes(5)),
        ("dBZ", 1, "equivalent_reflectivity_factor", null),
    ];

    private static readonly string[] Projections =
    [
        Sample.Laea,
        "+proj=stere +lat_0=90 +lon_0=10 +lat_ts=60 +ellps=WGS84",
        "+proj=aea +lat_0=-27.7 +lon_0=153 +lat_1=-26 +lat_2=-29 +ellps=GRS80",
        "+proj=lcc +lat_0=46 +lon_0=13 +lat_1=46 +lat_2=49 +ellps=bessel",
        "+proj=merc +lon_0=10 +lat_ts=40 +R=6371000",
        "+proj=tmerc +lat_0=0 +lon_0=9 +k_0=0.9996 +x_0=500000 +y_0=0 +ellps=GRS80",
        "+proj=longlat +ellps=WGS84",
    ];

    [Fact]
    public void ARandomGridComesBackFromEveryVariant()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("scan.nc");
        Prop.ForAll(Arb.From(Cases()), Arb.From(Gen.Choose(0, int.MaxValue)), (variant, seed) =>
        {
            var frames = Frames(variant, seed);
            variant.Write(path, frames);
            using var file = RadarFormats.Open(seed % 8 == 0 ? Compressed.CopyOf(path) : path);
            AssertSamePlace(frames[0].Grid, file.Grid, variant.SingleCoordinates);
            Assert.Equal(frames.Select(f => f.ValidTime), file.ValidTimes);
            for (var i = 0; i < frames.Length; i++)
                AssertSame(frames[i].RainRate, file.Read(i).RainRate, variant);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(400).WithReplay(20240501, 7));
    }

    [Theory]
    [InlineData(Packing.Float)]
    [InlineData(Packing.Double)]
    [InlineData(Packing.NaNFill)]
    [InlineData(Packing.Int16)]
    [InlineData(Packing.UInt16)]
    [InlineData(Packing.UnsignedShort)]
    [InlineData(Packing.UnsignedByte)]
    [InlineData(Packing.ValidRange)]
    [InlineData(Packing.MissingValue)]
    [InlineData(Packing.DefaultFill)]
    public void EachPackingKeepsTheThreeStates(Packing packing)
    {
        using var folder = new TemporaryFolder();
        var frame = Sample.RadarFrame();
        new CfVariant { Packing = packing }.Write(folder.File("a.nc"), frame);
        using var file = RadarFormats.Open(folder.File("a.nc"));
        AssertSame(frame.RainRate, file.Read(0).RainRate, new CfVariant { Packing = packing });
    }

    private static Gen<CfVariant> Cases() =>
        from quantity in Gen.Elements(Quantities)
        from packing in Gen.Elements(Enum.GetValues<Packing>())
        from kind in Gen.Elements(Enum.GetValues<NetCdfKind>())
        from time in Gen.Elements(Enum.GetValues<TimeStyle>())
        from flags in Gen.Choose(0, 255)
        select new CfVariant
        {
            // The classic format has no unsigned types.
            Kind = packing == Packing.UInt16 && kind == NetCdfKind.Classic ? NetCdfKind.NetCdf4 : kind,
            Units = quantity.Units,
            PerMmH = quantity.PerMmH,
            StandardName = quantity.StandardName,
            Period = quantity.Period,
            Packing = packing,
            Time = time,
            SouthFirst = (flags & 1) != 0,
            EastFirst = (flags & 2) != 0,
            ColumnsFirst = (flags & 4) != 0,
            Kilometres = (flags & 8) != 0,
            Curvilinear = (flags & 16) != 0,
            SingleCoordinates = (flags & 32) != 0,
            Deflated = (flags & 64) != 0 && kind == NetCdfKind.NetCdf4,
        };

    private static RadarFrame[] Frames(CfVariant variant, int seed)
    {
        var random = new Random(seed);
        var proj = Projections[random.Next(Projections.Length)];
        var geographic = proj.Contains("longlat", StringComparison.Ordinal);
        var pixel = geographic ? 0.01 * random.Next(1, 20) : 250 * random.Next(1, 9);
        var grid = Sample.RadarGrid(random.Next(2, 12), random.Next(2, 12), proj, pixel,
            geographic ? random.Next(-170, 160)
                : pixel * random.Next(-50, 50) + (proj.Contains("tmerc", StringComparison.Ordinal) ? 500_000 : 0),
            geographic ? random.Next(-60, 80) : proj.Contains("stere", StringComparison.Ordinal) ? -3_000_000
                : pixel * random.Next(-20, 50));
        return [.. Enumerable.Range(0, variant.Time == TimeStyle.Dimension ? random.Next(1, 4) : 1)
            .Select(i => Sample.RadarFrame(grid, Sample.Time.AddMinutes(5 * i), seed: seed + i))];
    }

    private static void AssertSamePlace(RadarGrid expected, RadarGrid actual, bool single)
    {
        if (!single)
        {
            Assert.True(actual.CoversTheSame(expected), $"{actual} is not {expected}");
            return;
        }
        // Degrees in single precision are good to a metre or two, a pixel may be of 250 m.
        const double Pixels = 0.02;
        Assert.Equal((expected.Width, expected.Height, expected.Proj), (actual.Width, actual.Height, actual.Proj));
        Assert.Equal(0, (actual.CentreX(0) - expected.CentreX(0)) / expected.PixelX, Pixels);
        Assert.Equal(0, (actual.CentreY(0) - expected.CentreY(0)) / expected.PixelY, Pixels);
        Assert.Equal(0, (actual.CentreX(expected.Width) - expected.CentreX(expected.Width)) / expected.PixelX, 2 * Pixels);
        Assert.Equal(0, (actual.CentreY(expected.Height) - expected.CentreY(expected.Height)) / expected.PixelY, 2 * Pixels);
    }

    private static void AssertSame(float[] expected, float[] actual, CfVariant variant)
    {
        var step = variant.IsReflectivity ? 0 : variant.StepMmH / (variant.Period?.TotalHours ?? 1);
        // Half a step in dB is a factor.
        var factor = 1.00001 * (variant.IsReflectivity ? Math.Pow(10, variant.StepDb / 1.99 / 10 / 1.6) : 1);
        for (var i = 0; i < expected.Length; i++)
        {
            if (float.IsNaN(expected[i]) || expected[i] == 0)
                Assert.Equal(expected[i], actual[i]);
            else
                Assert.InRange(actual[i], (expected[i] / factor) - (step / 1.99), (expected[i] * factor) + (step / 1.99));
        }
    }
}
