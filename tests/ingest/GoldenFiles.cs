using System.Globalization;
using ConvLstm.Nowcast.Ingest.Formats;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Ingest;

/// <summary>
/// Every scan of every real file against what netCDF4, h5py, numpy and cs2cs read in it, which golden.py wrote to golden.tsv.
/// </summary>
[Slow("Reads every real file.")]
public sealed class GoldenFiles
{
    private sealed record Golden(
        string File, int Index, DateTimeOffset Time, int Height, int Width, double Left, double Top, double Right, double Bottom,
        int Missing, int Wet, double Sum, double Checksum, double Max);

    [Fact]
    public void EveryScanOfEveryRealFileIsWhatPythonReads()
    {
        var scans = Table();
        Assert.NotEmpty(scans);
        var differences = new List<string>();
        foreach (var ofFile in scans.GroupBy(s => s.File))
        {
            using var file = RadarFormats.Open(RadarData.Path(ofFile.Key.Split('/')));
            if (file.ValidTimes.Count != ofFile.Count())
                differences.Add($"{ofFile.Key} has {file.ValidTimes.Count} scans");
            differences.AddRange(ofFile.SelectMany(expected => Differences(expected, file)));
        }
        Assert.Empty(differences);
    }

    [Fact]
    public void EveryFileOfTheFolderIsInTheTable() => Assert.Equal(
        Directory.EnumerateFiles(RadarData.Path(), "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(RadarData.Path(), f))
            .Where(f => Path.GetExtension(f) is ".nc" or ".h5" or ".hdf").Order(StringComparer.Ordinal),
        Table().Select(s => s.File).Distinct().Order(StringComparer.Ordinal));

    private static IEnumerable<string> Differences(Golden expected, RadarFile file)
    {
        var (grid, rain) = (file.Grid, file.Read(expected.Index).RainRate);
        var (missing, wet, sum, checksum, squares, max) = (0, 0, 0.0, 0.0, 0.0, 0f);
        for (var i = 0; i < rain.Length; i++)
        {
            if (float.IsNaN(rain[i]))
            {
                missing++;
                continue;
            }
            wet += rain[i] > 0 ? 1 : 0;
            sum += rain[i];
            squares += (double)rain[i] * rain[i];
            // As golden.py has it: each pixel times its own number from −1 to 1.
            checksum += rain[i] * (((uint)((ulong)i * 2654435761) / 2147483648.0) - 1);
            max = Math.Max(max, rain[i]);
        }
        var name = $"{expected.File}[{expected.Index}]";
        if ((file.ValidTimes[expected.Index], grid.Height, grid.Width, missing, wet) != (expected.Time, expected.Height, expected.Width,
            expected.Missing, expected.Wet))
            yield return $"{name}: {file.ValidTimes[expected.Index]:u} {grid.Height}×{grid.Width}, {missing} missing, {wet} wet";
        // Single precision rounds each rate on its own, so that errors grow with the root of the squares.
        if (Math.Abs(checksum - expected.Checksum) > 1e-4 + (1e-7 * Math.Sqrt(squares))
            || Math.Abs(sum - expected.Sum) > 1e-4 + (1e-7 * sum) || Math.Abs(max - expected.Max) > 1e-4 + (1e-7 * max))
            yield return $"{name}: sum {sum} for {expected.Sum}, checksum {checksum} for {expected.Checksum}, maximum {max} for "
                + $"{expected.Max}";
        var corners = (grid.OriginX, grid.OriginY, grid.OriginX + (grid.Width * grid.PixelX), grid.OriginY - (grid.Height * grid.PixelY));
        if (Away(corners.OriginX, expected.Left, grid.PixelX) || Away(corners.OriginY, expected.Top, grid.PixelY)
            || Away(corners.Item3, expected.Right, grid.PixelX) || Away(corners.Item4, expected.Bottom, grid.PixelY))
            yield return $"{name}: corners {corners}";
    }

    private static bool Away(double found, double expected, double pixel) => Math.Abs(found - expected) > 1e-4 * pixel;

    private static Golden[] Table() => [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "ingest", "golden.tsv"))
        .Where(l => !l.StartsWith('#')).Select(l => l.Split('\t'))
        .Select(c => new Golden(c[0], Int(c[1]), DateTimeOffset.Parse(c[2], CultureInfo.InvariantCulture), Int(c[3]), Int(c[4]),
            Number(c[5]), Number(c[6]), Number(c[7]), Number(c[8]), Int(c[9]), Int(c[10]), Number(c[11]), Number(c[12]), Number(c[13])))];

    private static int Int(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
