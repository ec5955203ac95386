using System.Text.Json;
using ConvLstm.Nowcast.Ingest.Formats;
using ConvLstm.Nowcast.Ingest.Projection;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Jobs.Commands;

public sealed class SimulateAndInspect(Archive archive) : IClassFixture<Archive>
{
    [Fact]
    public async Task WhatIsSimulatedIsInspectedAsJsonOfTheAgreedForm()
    {
        using var folder = new TemporaryFolder();
        var cli = Cli.In(folder);
        await cli.DoAsync("simulate", "--out", "made here/rain", "--size", "32", "--frames", "3", "--step", "2.5", "--seed", "9",
            "--scenario", "Convective");

        using var json = JsonDocument.Parse(await cli.DoAsync("inspect", "made here/rain", "--json"));

        var files = json.RootElement.EnumerateArray().ToArray();
        Assert.Equal(3, files.Length);
        for (var i = 0; i < 3; i++)
        {
            using var read = RadarFormats.Open(files[i].GetProperty("file").GetString()!);
            var rain = read.Read(0).RainRate;
            AssertNames(files[i], "file", "format", "quantity", "units", "grid", "frames", "from", "notes");
            Assert.Equal(("CF-NetCDF", "rate", "mm h-1"), (Text(files[i], "format"), Text(files[i], "quantity"), Text(files[i], "units")));
            var grid = files[i].GetProperty("grid");
            AssertNames(grid, "width", "height", "proj", "pixelX", "pixelY", "originX", "originY");
            Assert.Equal([32, 32, 1000, 1000, -16000, 16000],
                new[] { "width", "height", "pixelX", "pixelY", "originX", "originY" }.Select(n => Number(grid, n)));
            Assert.Equal(ProjString.Parse("+proj=laea +lat_0=52 +lon_0=10 +x_0=0 +y_0=0 +ellps=WGS84").ToString(), Text(grid, "proj"));
            var frame = Assert.Single(files[i].GetProperty("frames").EnumerateArray());
            AssertNames(frame, "validTime", "minMmH", "meanMmH", "maxMmH", "missingShare", "wetShare");
            Assert.Equal($"2024-06-01T12:{new[] { "00:00", "02:30", "05:00" }[i]}Z", Text(frame, "validTime"));
            Assert.Equal(rain.Min(), Number(frame, "minMmH"), 1e-6);
            Assert.Equal(rain.Average(r => (double)r), Number(frame, "meanMmH"), 1e-6);
            Assert.Equal(rain.Max(), Number(frame, "maxMmH"), 1e-6);
            Assert.Equal(0, Number(frame, "missingShare"));
            Assert.Equal(rain.Count(r => r > 0.1f) / (double)rain.Length, Number(frame, "wetShare"), 1e-9);
        }
    }

    [Fact]
    public async Task TheSameSeedGivesTheSameRainAndAnotherAnother()
    {
        using var folder = new TemporaryFolder();
        var cli = Cli.In(folder);
        foreach (var (name, seed) in new[] { ("a", "4"), ("b", "4"), ("c", "5") })
            await cli.DoAsync("simulate", "--out", name, "--size", "32", "--frames", "1", "--seed", seed);

        float[] Rain(string name)
        {
            using var file = RadarFormats.Open(Directory.GetFiles(folder.File(name)).Single());
            return file.Read(0).RainRate;
        }

        Assert.Equal(Rain("a"), Rain("b"));
        Assert.NotEqual(Rain("a"), Rain("c"));
    }

    [Fact]
    public async Task ATableShowsGridUnitsAndEachScan()
    {
        using var folder = new TemporaryFolder();

        var table = await Cli.In(folder).DoAsync("inspect", archive.FileOf(0), archive.FileOf(1));

        Assert.Contains("48 × 48 pixels of 1000 × 1000 m", table, StringComparison.Ordinal);
        Assert.Contains("CF-NetCDF, rate in mm h-1", table, StringComparison.Ordinal);
        Assert.Contains("2024-06-01 12:00:00", table, StringComparison.Ordinal);
        Assert.Contains("2024-06-01 12:05:00", table, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ABadFileAmongGoodOnesCostsOnlyItself()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("notes.nc"), "no radar", TestContext.Current.CancellationToken);

        var outcome = await Cli.In(folder).RunAsync("inspect", "notes.nc", archive.FileOf(3), "--json");

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("notes.nc", Assert.Single(outcome.ErrorLines), StringComparison.Ordinal);
        using var json = JsonDocument.Parse(outcome.Out);
        Assert.Equal(archive.FileOf(3), Text(Assert.Single(json.RootElement.EnumerateArray()), "file"));
    }

    private static void AssertNames(JsonElement element, params string[] names) =>
        Assert.Equal(names, element.EnumerateObject().Select(p => p.Name));

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    private static double Number(JsonElement element, string name) => element.GetProperty(name).GetDouble();
}
