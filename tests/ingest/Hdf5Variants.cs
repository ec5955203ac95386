using System.Globalization;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Formats;
using ConvLstm.Nowcast.Ingest.NetCdf;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Ingest;

/// <summary>
/// What is written as ODIM or KNMI HDF5 in any of their variants is read back as the same rain with the same three states.
/// </summary>
public sealed class Hdf5Variants
{
    [Fact]
    public void ARandomCompositeComesBackFromEveryOdimVariant()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("composite.h5");
        Prop.ForAll(Arb.From(Odim()), Arb.From(Gen.Choose(0, int.MaxValue)), (variant, seed) =>
        {
            var random = new Random(seed);
            var grid = Composite(random);
            var codes = variant.Codes(grid.PixelCount, random);
            var time = Sample.Time.AddMinutes(15 * random.Next(100));
            variant.Write(path, grid, time, codes);
            using var file = RadarFormats.Open(seed % 8 == 0 ? Compressed.CopyOf(path) : path);
            Assert.Equal("ODIM_H5", file.Format);
            Assert.True(file.Grid.CoversTheSame(grid), $"{file.Grid} is not {grid}");
            Assert.Equal(time, Assert.Single(file.ValidTimes));
            AssertRates(codes.Select(variant.RainRate), file.Read(0).RainRate);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(150).WithReplay(20240501, 7));
    }

    [Fact]
    public void ARandomImageComesBackFromEveryKnmiVariant()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("image.h5");
        Prop.ForAll(Arb.From(Knmi()), Arb.From(Gen.Choose(0, int.MaxValue)), (variant, seed) =>
        {
            var random = new Random(seed);
            var grid = Sample.RadarGrid(random.Next(2, 200), random.Next(2, 200), KnmiVariant.Proj, 1000 * random.Next(1, 4),
                0, -3_600_000);
            var codes = variant.Codes(grid.PixelCount, random);
            var time = Sample.Time.AddMinutes(5 * random.Next(100_000));
            variant.Write(path, grid, time, codes);
            using var file = RadarFormats.Open(seed % 8 == 0 ? Compressed.CopyOf(path) : path);
            Assert.Equal("KNMI HDF5", file.Format);
            Assert.True(file.Grid.CoversTheSame(grid), $"{file.Grid} is not {grid}");
            Assert.Equal(time, Assert.Single(file.ValidTimes));
            AssertRates(codes.Select(variant.RainRate), file.Read(0).RainRate);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(150).WithReplay(20240501, 7));
    }

    // Large enough for most of them to be read around the library, as real ones are.
    private static RadarGrid Composite(Random random)
    {
        var proj = ProjectionCases.All[random.Next(ProjectionCases.All.Count)];
        var pixel = proj.IsGeographic ? 0.01 * random.Next(1, 4) : 500 * random.Next(1, 5);
        return proj.Grid(random.Next(2, 200), random.Next(2, 200), pixel);
    }

    private static Gen<OdimVariant> Odim() =>
        from quantity in Gen.Elements("RATE", "ACRR", "DBZH", "TH")
        from packing in Gen.Elements(OdimVariant.Levels)
        from codes in Gen.Elements(OdimVariant.Levels)
        from times in Gen.Elements(OdimVariant.Levels)
        from type in Gen.Elements(NetCdfType.UInt8, NetCdfType.UInt16, NetCdfType.Float32, NetCdfType.Float64)
        from second in Gen.Elements(true, false)
        from deflated in Gen.Elements(true, false)
        from minutes in Gen.Elements(5, 15, 60)
        let floating = type is NetCdfType.Float32 or NetCdfType.Float64
        let reflectivity = quantity is "DBZH" or "TH"
        select new OdimVariant
        {
            Quantity = quantity, PackingLevel = packing, CodesLevel = codes, TimesLevel = times, Type = type, SecondDataset = second,
            Deflated = deflated,
            Gain = floating ? 1 : reflectivity ? 0.5 : 0.1, Offset = floating ? 0 : reflectivity ? -32 : 0,
            Period = TimeSpan.FromMinutes(minutes),
        };

    private static Gen<KnmiVariant> Knmi() =>
        from reflectivity in Gen.Elements(true, false)
        from wide in Gen.Elements(true, false)
        from deflated in Gen.Elements(true, false)
        from own in Gen.Elements(true, false)
        from spelling in Gen.Choose(0, 3)
        from minutes in Gen.Elements(5, 60)
        let gain = reflectivity ? (wide ? 0.01 : 0.5) : 0.01
        let offset = reflectivity ? -32.0 : 0
        let outside = wide ? 65535 : 255
        select new KnmiVariant
        {
            IsReflectivity = reflectivity, Wide = wide, Deflated = deflated, Gain = gain, Offset = offset, OutOfImage = outside,
            Missing = own ? reflectivity ? 0 : outside - 1 : outside, Period = TimeSpan.FromMinutes(minutes),
            Formula = Formula(gain, offset, spelling),
        };

    // All of them are found in files of the archive.
    private static string Formula(double gain, double offset, int spelling) => spelling switch
    {
        0 => string.Create(CultureInfo.InvariantCulture, $"GEO={gain}*PV+{offset:0.0}"),
        1 => string.Create(CultureInfo.InvariantCulture, $"GEO = {gain:0.000000} * PV + {offset:0.000000}"),
        2 => string.Create(CultureInfo.InvariantCulture, $"GEO={gain}*PV{(offset < 0 ? "" : "+")}{offset:0.0}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"GEO={gain:0.0E+00}*PV+{offset:0.0}"),
    };

    private static void AssertRates(IEnumerable<double> expected, float[] actual)
    {
        var at = 0;
        foreach (var rate in expected)
        {
            var found = actual[at++];
            // The three states exactly, the rates to single precision; no test for each pixel, which takes long.
            if (double.IsNaN(rate) != float.IsNaN(found) || (rate == 0) != (found == 0) || Math.Abs(rate - found) > 1e-6 * rate)
                Assert.Fail($"pixel {at - 1} is {found}, not {rate}");
        }
        Assert.Equal(at, actual.Length);
    }
}
