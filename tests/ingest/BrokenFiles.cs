using System.IO.Compression;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Formats;
using ConvLstm.Nowcast.Ingest.NetCdf;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Ingest;

/// <summary>What cannot be read ends with one line that names the file and says what to do.</summary>
public sealed class BrokenFiles : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void AMissingFileIsNamed()
    {
        var error = Assert.Throws<ReportedException>(() => RadarFormats.Open(_folder.File("absent.nc")));
        Assert.Contains("absent.nc: there is no such file", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ATextFileNamedLikeNetCdfIsCalledATextFile()
    {
        var path = _folder.File("letter.nc");
        File.WriteAllText(path, "time,rain\n12:00,3.5\n");
        AssertOneLine(path, "a text file");
    }

    [Fact]
    public void AnEmptyFileIsCalledEmpty()
    {
        var path = _folder.File("empty.h5");
        File.WriteAllBytes(path, []);
        AssertOneLine(path, "empty");
    }

    [Fact]
    public void NoiseIsOfAnUnknownKind()
    {
        var path = _folder.File("noise.nc");
        var bytes = new byte[5000];
        new Random(1).NextBytes(bytes);
        File.WriteAllBytes(path, bytes);
        AssertOneLine(path, "of an unknown kind");
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.5)]
    [InlineData(0.9)]
    [InlineData(0.99)]
    public void AFileThatIsCutShortIsCalledDamaged(double share)
    {
        var path = Sample.RadarFile(_folder, Sample.RadarFrame(Sample.RadarGrid(200, 200)));
        var bytes = File.ReadAllBytes(path);
        File.WriteAllBytes(path, bytes[..(int)(bytes.Length * share)]);
        AssertOneLine(path, "damaged or cut short");
    }

    [Theory]
    [InlineData(NetCdfKind.Classic, 8)]
    [InlineData(NetCdfKind.Classic, 20_000)]
    [InlineData(NetCdfKind.Cdf5, 8)]
    public void AClassicFileThatIsCutShortIsNotTakenForADryOne(NetCdfKind kind, int missingBytes)
    {
        // libnetcdf itself reads what is missing as zeros.
        var path = _folder.File("classic.nc");
        new CfVariant { Kind = kind, Time = TimeStyle.Dimension }.Write(path, Sample.RadarFrame(Sample.RadarGrid(100, 100), rate: 5));
        var bytes = File.ReadAllBytes(path);
        File.WriteAllBytes(path, bytes[..^missingBytes]);
        AssertOneLine(path, "damaged or cut short");
    }

    [Fact]
    public void AHeaderWithoutRainSaysThatThereIsNone()
    {
        var path = _folder.File("wind.nc");
        using (var file = NetCdfFile.Create(path))
        {
            var wind = file.Root.DefineVariable("eastward_wind", NetCdfType.Float32, file.Root.DefineDimension("y", 3),
                file.Root.DefineDimension("x", 3));
            wind.Attributes.Put("units", "m s-1");
            wind.Attributes.Put("standard_name", "eastward_wind");
            file.Close();
        }
        AssertOneLine(path, "no gridded variable has a unit of rain");
    }

    [Fact]
    public void AFolderIsNoFile() =>
        Assert.Contains(_folder.Path, Assert.Throws<ReportedException>(() => RadarFormats.Open(_folder.Path)).Message,
            StringComparison.Ordinal);

    [Fact]
    public void ADamagedGzipCopyIsNamedAndLeavesNothingBehind()
    {
        var path = _folder.File("scan.nc.gz");
        using (var target = new GZipStream(File.Create(path), CompressionLevel.Fastest))
            target.Write(File.ReadAllBytes(Sample.RadarFile(_folder, Sample.RadarFrame(Sample.RadarGrid(100, 100)))));
        var bytes = File.ReadAllBytes(path);
        bytes[bytes.Length / 2] ^= 0xFF;
        File.WriteAllBytes(path, bytes[..(bytes.Length * 3 / 4)]);
        var before = Directory.GetFiles(Path.GetTempPath(), "nowcast-*.nc").Length;
        AssertOneLine(path, "damaged or cut short");
        Assert.Equal(before, Directory.GetFiles(Path.GetTempPath(), "nowcast-*.nc").Length);
    }

    [Theory]
    [InlineData(NetCdfKind.Classic)]
    [InlineData(NetCdfKind.Cdf5)]
    [InlineData(NetCdfKind.NetCdf4)]
    public void AMutatedFileGivesAFrameOrAnErrorOfOneLine(NetCdfKind kind)
    {
        var path = _folder.File("mutated.nc");
        new CfVariant { Kind = kind, Packing = Packing.Int16 }.Write(path, Sample.RadarFrame(Sample.RadarGrid(40, 30)));
        var original = File.ReadAllBytes(path);
        var random = new Random(4);
        for (var i = 0; i < 200; i++)
        {
            var bytes = (byte[])original.Clone();
            for (var flips = random.Next(1, 8); flips > 0; flips--)
                bytes[random.Next(Math.Min(bytes.Length, 2000))] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(path, bytes);
            try
            {
                using var file = RadarFormats.Open(path);
                Assert.DoesNotContain(file.Read(0).RainRate, r => r < 0 || float.IsInfinity(r));
            }
            catch (ReportedException e)
            {
                Assert.DoesNotContain('\n', e.Message);
                Assert.Contains("mutated.nc", e.Message, StringComparison.Ordinal);
            }
        }
    }

    private static void AssertOneLine(string path, string expected)
    {
        var error = Assert.Throws<RadarFileException>(() =>
        {
            using var file = RadarFormats.Open(path);
            file.Read(0);
        });
        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
        Assert.Equal(path, error.Path);
    }
}
