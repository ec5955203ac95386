using System.Globalization;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Formats;
using ConvLstm.Nowcast.Ingest.Quality;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Ingest;

/// <summary>
/// Real files against values that netCDF4, h5py and numpy gave for them: the sum of the rates, and the sum weighted by
/// 1 + (pixel modulo 97), which a wrong order of rows or columns changes.
/// </summary>
[Slow("Reads real files.")]
public sealed class RealFiles
{
    [Theory]
    [InlineData("bom_brisbane_20201031/66_20201031_000000.prcp-c10.nc", 0, "2020-10-31T00:00:00Z", 0, 2524, 4752.9, 232767.9, 16.5)]
    [InlineData("bom_brisbane_20201031/66_20201031_051000.prcp-c10.nc", 0, "2020-10-31T05:10:00Z", 1, 101597, 990733.5, 48534265.8, 90.9)]
    [InlineData("bom_brisbane_20201031/66_20201031_120000.prcp-c10.nc", 0, "2020-10-31T12:00:00Z", 0, 16635, 38748.9, 1900143.3, 22.8)]
    [InlineData("knmi_netherlands_20100826/RAD_NL25_RAP_5min_201008260000.h5", 0, "2010-08-26T00:00:00Z", 398271, 89918, 54772.8,
        2688285.96, 8.64)]
    [InlineData("knmi_netherlands_20100826/RAD_NL25_RAP_5min_201008260310.h5", 0, "2010-08-26T03:10:00Z", 398271, 60297, 43196.64,
        2116893.72, 11.52)]
    [InlineData("knmi_netherlands_20100826/RAD_NL25_RAP_5min_201008260735.h5", 0, "2010-08-26T07:35:00Z", 398271, 57752, 47143.08,
        2308625.52, 15.36)]
    [InlineData("opera_europe_20180824/T_PAAH21_C_EUOC_20180824180000.hdf", 0, "2018-08-24T18:00:00Z", 2085857, 482099, 304024.06,
        14897282.44, 1205.22)]
    [InlineData("opera_europe_20180824/T_PAAH21_C_EUOC_20180824200000.hdf", 0, "2018-08-24T20:00:00Z", 2085719, 515391, 269868.51,
        13176971.03, 214.52)]
    [InlineData("corpus/fmi_finland_20160928.nc", 39, "2016-09-28T18:00:00Z", 226844, 261418, 184262.116621, 9014823.6089, 133.15462)]
    [InlineData("corpus/knmi_netherlands_20210101.nc", 0, "2021-01-01T20:05:00Z", 104443, 9379, 2999.833225, 147381.9044, 6.03401)]
    [InlineData("corpus/knmi_netherlands_20210107.nc", 20, "2021-01-07T21:45:00Z", 104443, 30001, 3488.468875, 171163.7972, 1.43089)]
    [InlineData("corpus/mrms_conus_tile1_20190610.nc", 35, "2019-06-10T01:10:00Z", 21053, 362762, 537028.909588, 26302147.2698, 123.4)]
    [InlineData("corpus/mrms_conus_tile3_20190610.nc", 5, "2019-06-10T00:10:00Z", 46867, 41953, 249478.403112, 12230092.5497, 103.8)]
    public void AScanHasTheRatesThatPythonReads(
        string name, int index, string time, int missing, int wet, double sum, double weighted, double max)
    {
        using var file = RadarFormats.Open(RadarData.Path(name.Split('/')));
        var frame = file.Read(index);
        Assert.Equal(DateTimeOffset.Parse(time, CultureInfo.InvariantCulture), frame.ValidTime);
        Assert.Equal(missing, frame.RainRate.Count(float.IsNaN));
        Assert.Equal(wet, frame.RainRate.Count(r => r > 0));
        Assert.Equal(1, frame.RainRate.Sum(r => float.IsNaN(r) ? 0 : (double)r) / sum, 1e-6);
        Assert.Equal(1, frame.RainRate.Select((r, i) => float.IsNaN(r) ? 0 : r * (1.0 + (i % 97))).Sum() / weighted, 1e-6);
        Assert.Equal(1, frame.RainRate.Where(r => r > 0).Max() / max, 1e-5);
    }

    [Theory]
    [InlineData("bom_brisbane_20201031/66_20201031_000000.prcp-c10.nc", "CF-NetCDF", RainQuantity.Accumulation, "kg m-2", 512, 512, 500,
        -128000, 128000,
        "+proj=aea +lat_0=-27.7178 +lon_0=153.24 +lat_1=-26.2 +lat_2=-29.3 +x_0=0 +y_0=0 +ellps=GRS80 +units=m +no_defs")]
    [InlineData("knmi_netherlands_20100826/RAD_NL25_RAP_5min_201008260000.h5", "KNMI HDF5", RainQuantity.Accumulation, "MM", 700, 765, 1000,
        0, -3650000,
        "+proj=stere +lat_0=90 +lon_0=0 +lat_ts=60 +x_0=0 +y_0=0 +a=6378137 +b=6356752 +units=m +no_defs")]
    [InlineData("opera_europe_20180824/T_PAAH21_C_EUOC_20180824180000.hdf", "ODIM_H5", RainQuantity.Rate, "mm/h", 1900, 2200, 2000, 0, 0,
        "+proj=laea +lat_0=55 +lon_0=10 +x_0=1950000 +y_0=-2100000 +ellps=WGS84 +units=m +no_defs")]
    [InlineData("corpus/fmi_finland_20160928.nc", "CF-NetCDF", RainQuantity.Reflectivity, "dBZ", 760, 1226, 1000, 0, 1226000,
        "+proj=stere +lat_0=90 +lon_0=25 +lat_ts=60 +x_0=380886.31 +y_0=3395677.92 +R=6371288 +units=m +no_defs")]
    [InlineData("corpus/knmi_netherlands_20210101.nc", "CF-NetCDF", RainQuantity.Reflectivity, "dBZ", 700, 765, 1000, 0, -3650000,
        "+proj=stere +lat_0=90 +lon_0=0 +lat_ts=60 +x_0=0 +y_0=0 +a=6378140 +b=6356750 +units=m +no_defs")]
    [InlineData("corpus/mrms_conus_tile1_20190610.nc", "CF-NetCDF", RainQuantity.Rate, "mm h-1", 1024, 1024, 0.01, -91.6, 49.88,
        "+proj=longlat +ellps=WGS84 +no_defs")]
    public void AFileSaysWhatItHoldsAndWhere(
        string name, string format, RainQuantity quantity, string units, int width, int height, double pixel, double originX,
            double originY, string proj)
    {
        using var file = RadarFormats.Open(RadarData.Path(name.Split('/')));
        Assert.Equal((format, quantity, units), (file.Format, file.Quantity, file.Units));
        Assert.Equal((width, height, pixel, pixel, originX, originY, proj),
            (file.Grid.Width, file.Grid.Height, file.Grid.PixelX, file.Grid.PixelY, file.Grid.OriginX, file.Grid.OriginY, file.Grid.Proj));
    }

    [Theory]
    [InlineData("bom_brisbane_20201031", 144, 1, 10)]
    [InlineData("knmi_netherlands_20100826", 92, 1, 5)]
    [InlineData("opera_europe_20180824", 9, 1, 15)]
    public void EveryFileOfAFolderOpensOnOneGridAtItsStep(string folder, int files, int scansEach, int stepMinutes)
    {
        var times = new List<DateTimeOffset>();
        RadarGrid? grid = null;
        foreach (var path in RadarData.Files(folder))
        {
            using var file = RadarFormats.Open(path);
            Assert.True((grid ??= file.Grid).CoversTheSame(file.Grid));
            Assert.Equal(grid.Name, file.Grid.Name);
            Assert.Equal(scansEach, file.ValidTimes.Count);
            times.AddRange(file.ValidTimes);
        }
        Assert.Equal(files, times.Count);
        Assert.All(times.Zip(times.Skip(1)), pair => Assert.Equal(TimeSpan.FromMinutes(stepMinutes), pair.Second - pair.First));
    }

    [Fact]
    public void NegativeCodesOfTheBrisbaneFilesAreMissingAndNothingElseIs()
    {
        // 65 pixels are the fill value −1 and 17 are −2, which is no rain rate.
        var missing = 0;
        foreach (var path in RadarData.Files("bom_brisbane_20201031"))
        {
            using var file = RadarFormats.Open(path);
            var summary = ScanSummary.Of(file.Read(0));
            Assert.True(summary.MinMmH >= 0);
            missing += (int)Math.Round(summary.MissingShare * file.Grid.PixelCount);
        }
        Assert.Equal(82, missing);
    }

    [Fact]
    public void AFileWithManyScansGivesEachOfThemItsTime()
    {
        using var file = RadarFormats.Open(RadarData.Path("corpus", "fmi_finland_20160928.nc"));
        Assert.Equal(40, file.ValidTimes.Count);
        Assert.Equal(new DateTimeOffset(2016, 9, 28, 14, 45, 0, TimeSpan.Zero), file.ValidTimes[0]);
        Assert.Equal(TimeSpan.FromMinutes(5 * 39), file.ValidTimes[39] - file.ValidTimes[0]);
    }

    [Fact]
    public void AnotherZRelationGivesTheRatesOfThatRelation()
    {
        using var file = RadarFormats.Open(RadarData.Path("corpus", "fmi_finland_20160928.nc"),
            new() { ZRelation = new ZRelation(223, 1.53) });
        using var usual = RadarFormats.Open(RadarData.Path("corpus", "fmi_finland_20160928.nc"));
        var (own, standard) = (file.Read(0).RainRate, usual.Read(0).RainRate);
        var at = Array.FindIndex(standard, r => r > 5);
        var z = 200 * Math.Pow(standard[at], 1.6);
        Assert.Equal(Math.Pow(z / 223, 1 / 1.53), own[at], 1e-4);
    }
}
