using System.Diagnostics;
using System.Globalization;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Ingest.Formats;

/// <summary>
/// Makes rasters with gdal_translate, which is of another program than what reads them; the test skips where it is not installed.
/// </summary>
internal static class GdalTool
{
    /// <param name="target">The file.</param>
    /// <param name="values">By row, north first.</param>
    /// <param name="options">Of gdal_translate.</param>
    internal static async Task<string> WriteAsync(string target, double[][] values, params string[] options)
    {
        var grid = target + ".asc";
        await File.WriteAllTextAsync(grid,
            string.Create(CultureInfo.InvariantCulture,
            $"ncols {values[0].Length}\nnrows {values.Length}\nxllcorner -100\nyllcorner 30\ncellsize 0.5\nNODATA_value -9999\n")
            + string.Join('\n', values.Select(row => string.Join(' ', row.Select(v => v.ToString(CultureInfo.InvariantCulture))))),
                TestContext.Current.CancellationToken);
        await RunAsync([.. options, grid, target]);
        return target;
    }

    internal static async Task RunAsync(IReadOnlyList<string> arguments)
    {
        if (!File.Exists("/usr/bin/gdal_translate"))
            Assert.Skip("gdal_translate is not installed (gdal-bin): this comparison needs it.");
        using var process = Process.Start(new ProcessStartInfo("/usr/bin/gdal_translate",
            ["-q", .. arguments])
        { RedirectStandardError = true })!;
        var error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, error);
    }
}
