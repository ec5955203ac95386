using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Formats;
using ConvLstm.Nowcast.Ingest.Projection;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Ingest.Formats;

/// <summary>Composites of the Deutscher Wetterdienst, written here as its description of the format has them.</summary>
public sealed class RadolanComposites : IDisposable
{
    private const int Missing = 0x2000 | 2500, Clutter = 0x8000 | 40, Interpolated = 0x1000 | 40, Negative = 0x4000 | 40;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("RW", "E-01", 60, 4)]
    [InlineData("YW", "E-02", 5, 4.8)]
    [InlineData("RY", "E-02", 5, 4.8)]
    [InlineData("SF", "E-01", 1440, 4.0 / 24)]
    public void SumsBecomeRatesOfTheirInterval(string product, string precision, int minutes, float rate)
    {
        using var file = RadarFormats.Open(Write(product, 900, 900, [0, 40, Interpolated, Missing, Clutter, Negative], precision, minutes));
        Assert.Equal("RADOLAN", file.Format);
        Assert.Equal(new DateTimeOffset(2024, 5, 14, 20, 50, 0, TimeSpan.Zero), file.ValidTimes[0]);
        // The first pixels of the file are those of the southernmost row.
        var south = file.Read(0).RainRate.AsSpan(899 * 900, 6).ToArray();
        Assert.Equal([0, rate, rate, float.NaN, float.NaN, float.NaN], south, (a, b) => float.IsNaN(a) ? float.IsNaN(b)
            : Math.Abs(a - b) < 1e-5);
    }

    [Theory]
    // Corners of the description of the format: RADOLAN/RADVOR Kompositformat, table of the grids.
    [InlineData(900, 900, 3, 3.5889, 46.9526, 15.7208, 54.7405)]
    [InlineData(1100, 900, 3, 4.6759, 46.1929, 17.1128, 55.5342)]
    public void GridsOfTheSphereHaveTheCornersOfTheDescription(int rows, int columns, int version, double west, double south, double east,
        double north)
    {
        using var file = RadarFormats.Open(Write("RW", rows, columns, [], version: version));
        using var transform = new ProjTransform(file.Grid.Proj);
        var g = file.Grid;
        var (left, bottom) = transform.ToLonLat(g.OriginX, g.OriginY - (g.Height * g.PixelY));
        var (right, top) = transform.ToLonLat(g.OriginX + (g.Width * g.PixelX), g.OriginY);
        Assert.Equal((west, south, east, north), (Math.Round(left, 4), Math.Round(bottom, 4), Math.Round(right, 4), Math.Round(top, 4)));
    }

    [Fact]
    public void TheGridOnWgs84IsThatOfTheServicesHdf5()
    {
        using var file = RadarFormats.Open(Write("RV", 1200, 1100, [], "E-02", 5, version: 5));
        var hdf5 = ProjString.Parse(
            "+proj=stere +lat_0=90 +lat_ts=60 +lon_0=10 +a=6378137 +b=6356752.3142451802 +x_0=543196.83521776402 +y_0=3622588.8619310018");
        Assert.Equal((hdf5.ToString(), -500.0, 500.0, 1000.0), (file.Grid.Proj, file.Grid.OriginX, file.Grid.OriginY, file.Grid.PixelX));
    }

    [Fact]
    public void AForecastHoldsItsMinutesAhead()
    {
        using var file = RadarFormats.Open(Write("RV", 1200, 1100, [10], "E-02", 5, version: 5, extra: "VV 065MF 00000008"));
        Assert.Equal(new DateTimeOffset(2024, 5, 14, 21, 55, 0, TimeSpan.Zero), file.ValidTimes[0]);
        Assert.Equal(TimeSpan.FromMinutes(65), file.Leads[0]);
    }

    [Fact]
    public void ReflectivityInBytesHasItsOwnCodes()
    {
        // RVP units: half of them less 32.5 are dBZ; 250 is not observed and 249 clutter.
        using var file = RadarFormats.Open(Write("RX", 900, 900, [0, 125, 250, 249], "E+00", 5, bytes: 1));
        var south = file.Read(0).RainRate.AsSpan(899 * 900, 4).ToArray();
        Assert.Equal(0, south[0]);
        Assert.Equal(Math.Pow(1000.0 / 200, 1 / 1.6), south[1], 1e-4);
        Assert.True(float.IsNaN(south[2]) && float.IsNaN(south[3]));
    }

    [Theory]
    [InlineData("PG", "neither rain nor reflectivity")]
    [InlineData("RE", "neither rain nor reflectivity")]
    public void OtherProductsAreNamed(string product, string problem) =>
        Assert.Contains(problem, Refusal(Write(product, 900, 900, [])), StringComparison.Ordinal);

    [Fact]
    public void AGridThatIsNotKnownIsNamed() =>
        Assert.Contains("700 × 700 pixels are none of the grids", Refusal(Write("RW", 700, 700, [])), StringComparison.Ordinal);

    [Fact]
    public void AFileThatIsCutShortIsCalledThat()
    {
        var path = Write("RW", 900, 900, []);
        using (var file = File.OpenWrite(path))
            file.SetLength(file.Length - 1);
        Assert.Contains("cut short", Refusal(path), StringComparison.Ordinal);
        using (var file = File.OpenWrite(path))
            file.SetLength(60);
        Assert.Contains("ends in its header", Refusal(path), StringComparison.Ordinal);
    }

    private static string Refusal(string path) => Assert.Throws<RadarFileException>(() => RadarFormats.Open(path).Dispose()).Message;

    private string Write(string product, int rows, int columns, int[] first, string precision = "E-01", int minutes = 60, int version = 3,
        string extra = "", int bytes = 2) =>
        RadolanFile.Write(_folder.File($"{product}-{rows}"), product, rows, columns, first, precision, minutes, version, extra, bytes);
}

/// <summary>A composite of 14 May 2024, 20:50 UTC.</summary>
internal static class RadolanFile
{
    internal static string Write(
        string path, string product, int rows, int columns, int[] first, string precision = "E-01", int minutes = 60, int version = 3,
            string extra = "", int bytes = 2)
    {
        var pixels = new byte[rows * columns * bytes];
        for (var i = 0; i < first.Length; i++)
        {
            if (bytes == 1)
                pixels[i] = (byte)first[i];
            else
                BinaryPrimitives.WriteUInt16LittleEndian(pixels.AsSpan(2 * i), (ushort)first[i]);
        }
        string Header(int length) => string.Create(CultureInfo.InvariantCulture,
            $"{product}142050100000524BY{length,7}VS{version,2}SW   2.13.1PR {precision}INT{minutes,4}GP{rows,4}x{columns,4}{extra}"
            + $"MS 62<boo,ros,emd,hnr,INT,pro,ess,GP1,neu,VV9,oft,tur,isn,fbg,mem>");
        var text = Header(Header(0).Length + 1 + pixels.Length);
        File.WriteAllBytes(path, [.. Encoding.ASCII.GetBytes(text), 3, .. pixels]);
        return path;
    }
}
