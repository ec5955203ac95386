using System.Diagnostics;
using System.Text.RegularExpressions;
using ConvLstm.Nowcast.Files;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Jobs.Web;

public sealed partial class Downloads(ServedRain rain) : IClassFixture<ServedRain>, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task TheNetCdfFileOpensInNcdumpAndHoldsTheRun()
    {
        using var answer = await rain.Client.GetAsync(new Uri($"/api/runs/{rain.NewestRun}/forecast.nc", UriKind.Relative), _cancellation);
        var file = _folder.File(answer.Content.Headers.ContentDisposition!.FileName!);
        await File.WriteAllBytesAsync(file, await answer.Content.ReadAsByteArrayAsync(_cancellation), _cancellation);

        Assert.EndsWith(ForecastFile.NameFor(rain.Newest.IssueTime), file, StringComparison.Ordinal);
        var read = ForecastFile.Read(file);
        Assert.Equal(rain.Newest.IssueTime, read.IssueTime);
        for (var lead = 0; lead < ServedRain.Leads; lead++)
            Assert.All(rain.Newest.RainRate[lead].Zip(read.RainRate[lead]), pair => Assert.Equal(pair.First, pair.Second, 0.0101f));
        var header = await RunAsync("ncdump", "-h", file);
        Assert.Contains("rainfall_rate(time, y, x)", header, StringComparison.Ordinal);
        Assert.Contains("Conventions = \"CF-1.8\"", header, StringComparison.Ordinal);
    }

    [Fact]
    public async Task APngIsPutInItsPlaceByTheFilesBesideIt()
    {
        foreach (var name in new[] { "30.png", "30.png.aux.xml", "30.pgw" })
            await File.WriteAllBytesAsync(_folder.File(name),
                await rain.Client.GetByteArrayAsync($"/api/runs/{rain.NewestRun}/frames/{name}", _cancellation), _cancellation);
        var scan = $"/api/grids/{rain.Grid.Name}/observations/{rain.Scans[^1].ValidTime.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}";
        await File.WriteAllBytesAsync(_folder.File("scan.png"), await rain.Client.GetByteArrayAsync(scan + ".png", _cancellation),
            _cancellation);
        await File.WriteAllBytesAsync(_folder.File("scan.pgw"), await rain.Client.GetByteArrayAsync(scan + ".pgw", _cancellation),
            _cancellation);

        var forecast = await RunAsync("gdalinfo", _folder.File("30.png"));
        Assert.Contains("Lambert Azimuthal Equal Area", forecast, StringComparison.Ordinal);
        CheckCorners(forecast);
        // The world file alone places it too, on a projection that it cannot name.
        CheckCorners(await RunAsync("gdalinfo", _folder.File("scan.png")));
    }

    private void CheckCorners(string info)
    {
        var numbers = UpperLeft().Match(info);
        Assert.True(numbers.Success, info);
        Assert.Equal(rain.Grid.OriginX, double.Parse(numbers.Groups[1].Value, null), 1e-3);
        Assert.Equal(rain.Grid.OriginY, double.Parse(numbers.Groups[2].Value, null), 1e-3);
        Assert.Contains($"Pixel Size = ({rain.Grid.PixelX:0.000}", info, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"Upper Left +\( *([-\d.]+), *([-\d.]+)\)")]
    private static partial Regex UpperLeft();

    private async Task<string> RunAsync(string program, params string[] arguments)
    {
        if (!File.Exists($"/usr/bin/{program}"))
            Assert.Skip($"{program} is not installed.");
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync(_cancellation);
        var output = await process.StandardOutput.ReadToEndAsync(_cancellation);
        await process.WaitForExitAsync(_cancellation);
        Assert.True(process.ExitCode == 0, await error);
        return output;
    }

    public void Dispose() => _folder.Dispose();
}
