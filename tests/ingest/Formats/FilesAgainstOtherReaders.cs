using System.Globalization;
using ConvLstm.Nowcast.Ingest.Formats;
using ConvLstm.Nowcast.Ingest.Formats.Sources;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Ingest.Formats;

/// <summary>
/// Every scan of a real file of each format against what numpy, h5py, netCDF4 and GDAL's own tools read in it (independent.py).
/// </summary>
public sealed class FilesAgainstOtherReaders
{
    [Theory]
    [InlineData("radolan", "wradlib_raa01-rw_10000-1408102050-dwd---bin.gz", null)]
    [InlineData("radolan", "wradlib_DE1200_RV2210180700.tar.bz2", null)]
    [InlineData("mrms", "pysteps_PrecipRate_00.00_20190610-000000.grib2", null)]
    [InlineData("fmi_tiff", "pysteps_201609281445_FINUTM.tif", null)]
    [InlineData("fmi_pgm", "pysteps_201609281445_fmi.radar.composite.lowest_FIN_SUOMI1.pgm.gz", null)]
    [InlineData("aqc", "pysteps_AQC170310945F_00005.801.gif", "meteoswiss-aqc.json")]
    [InlineData("combiprecip", "mch_cpc.h5", null)]
    [InlineData("odim_polar", "ord_T_PAZA63_C_LFPW_20230420065041.h5", null)]
    [InlineData("odim_polar", "wradlib_knmi_polar_volume.h5", null)]
    [InlineData("cfradial", "wradlib_example_cfradial_ppi.nc", null)]
    public async Task EveryScanIsWhatTheyRead(string kind, string name, string? profile)
    {
        var path = FieldCases.Path("real", name);
        var lines = await Python.RunAsync("netCDF4, h5py, numpy", "ingest/Formats/independent.py", kind, path);
        var expected = lines.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' ').Select(w => double.Parse(w, CultureInfo.InvariantCulture)).ToArray()).ToArray();
        var sources = RadarSources.Load(profile is null ? [] : [RepositoryFolder.File("ops", "examples", "sources", profile)]);

        using var file = RadarFormats.Open(path, sources.For(path));

        Assert.Equal(expected.Length, file.ValidTimes.Count);
        for (var i = 0; i < expected.Length; i++)
            Compare(expected[i], file, i);
    }

    private static void Compare(double[] expected, RadarFile file, int scan)
    {
        var (grid, rain) = (file.Grid, file.Read(scan).RainRate);
        Assert.Equal((expected[0], expected[1], expected[2]), (file.ValidTimes[scan].ToUnixTimeSeconds(), grid.Width, grid.Height));
        // To a hundredth of a pixel.
        Assert.Equal(expected[3], grid.OriginX, 0.01 * grid.PixelX);
        Assert.Equal(expected[4], grid.OriginY, 0.01 * grid.PixelY);
        Assert.Equal(expected[5], grid.OriginX + (grid.Width * grid.PixelX), 0.01 * grid.PixelX);
        Assert.Equal(expected[6], grid.OriginY - (grid.Height * grid.PixelY), 0.01 * grid.PixelY);
        var (missing, sum, checksum, squares) = (0, 0.0, 0.0, 0.0);
        for (var i = 0; i < rain.Length; i++)
        {
            if (float.IsNaN(rain[i]))
            {
                missing++;
                continue;
            }
            sum += rain[i];
            squares += (double)rain[i] * rain[i];
            // As independent.py has it: each pixel times its own number from −1 to 1.
            checksum += rain[i] * (((uint)((ulong)i * 2654435761) / 2147483648.0) - 1);
        }
        Assert.Equal(expected[7], missing);
        // Single precision rounds each rate on its own, so that errors grow with the root of the squares.
        Assert.Equal(expected[8], sum, 1e-4 + (1e-6 * sum));
        Assert.Equal(expected[9], checksum, 1e-4 + (1e-6 * Math.Sqrt(squares)));
    }
}
