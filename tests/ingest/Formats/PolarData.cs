using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Formats;
using ConvLstm.Nowcast.Ingest.Projection;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Ingest.Formats;

/// <summary>Sweeps of one radar on a grid: a target falls on its place, and what was not looked at is missing.</summary>
public sealed class PolarData : IDisposable
{
    // 40 dBZ.
    private const byte Echo = 144;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("odim", 45, 100_000, 0.5)]
    [InlineData("odim", 200, 30_000, 2)]
    [InlineData("odim", 359, 170_000, 0.3)]
    [InlineData("knmi", 120, 90_000, 0.3)]
    [InlineData("cfradial", 300, 60_000, 1)]
    public void AKnownTargetFallsOnItsPlaceWithinAPixel(string format, int azimuth, int range, double elevation)
    {
        var codes = Sweep();
        // Three rays by three gates, so that it is as large as a pixel; its middle is what counts.
        for (var i = 0; i < 9; i++)
            codes[(azimuth + 359 + (i / 3)) % 360, (range / 500) - 1 + (i % 3)] = Echo;
        (double, byte[,])[] sweeps = [(elevation + 5, Sweep()), (elevation, codes)];
        var path = _folder.File("volume");
        _ = format switch
        {
            "odim" => PolarSamples.Odim(path, sweeps, 500),
            "knmi" => PolarSamples.Knmi(path, sweeps, 500),
            _ => PolarSamples.CfRadial(path, sweeps, 500),
        };
        using var file = RadarFormats.Open(path);
        Assert.InRange(file.ValidTimes.Single(), Sample.Time, Sample.Time.AddSeconds(90));
        var rain = file.Read(0).RainRate;
        var hit = Enumerable.Range(0, rain.Length).Where(i => rain[i] > 0).ToArray();
        Assert.NotEmpty(hit);
        // The middle of the gate, on the ground below a beam that is straight over an earth of 4/3 of its radius.
        var slant = range + 250.0;
        var distance = slant * Math.Cos(double.DegreesToRadians(elevation)) * (
            1 - (slant * Math.Sin(double.DegreesToRadians(elevation)) / (4.0 / 3 * 6_371_000)));
        var (x, y) = (distance * Math.Sin(double.DegreesToRadians(azimuth + 0.5)),
            distance * Math.Cos(double.DegreesToRadians(azimuth + 0.5)));
        var nearest = hit.Min(i =>
            Math.Max(Math.Abs(file.Grid.CentreX(i % file.Grid.Width) - x), Math.Abs(file.Grid.CentreY(i / file.Grid.Width) - y)));
        Assert.InRange(nearest, 0, 1000);
        Assert.Equal(Math.Pow(Math.Pow(10, 4) / 200, 1 / 1.6), rain[hit[0]], 1e-3);
        // The radar stands in the middle, and its north is up.
        using var transform = new ProjTransform(file.Grid.Proj);
        var (east, north) = transform.ToProjection(PolarSamples.Longitude, PolarSamples.Latitude);
        Assert.Equal((0, 0), (Math.Round(east, 3), Math.Round(north, 3)));
    }

    [Fact]
    public void RaysThatAreMarkedAsNotObservedAreMissing()
    {
        var codes = Sweep();
        for (var ray = 90; ray < 180; ray++)
        {
            for (var gate = 0; gate < 400; gate++)
                codes[ray, gate] = 255;
        }
        using var file = RadarFormats.Open(PolarSamples.Odim(_folder.File("a.h5"), [(0.5, codes)], 500));
        AssertQuarterIsMissing(file);
    }

    [Fact]
    public void ASectorWithoutRaysIsMissing()
    {
        var azimuths = Enumerable.Range(0, 360).Select(i => i + 0.5).Where(a => a is < 90 or > 180).ToArray();
        using var file = RadarFormats.Open(PolarSamples.Odim(_folder.File("a.h5"), [(0.5, new byte[azimuths.Length, 400])], 500, azimuths));
        AssertQuarterIsMissing(file);
    }

    [Fact]
    public void WhatTheBeamSawAboveTheLimitIsMissing()
    {
        var path = PolarSamples.Odim(_folder.File("a.h5"), [(1, Sweep())], 500);
        using var all = RadarFormats.Open(path);
        using var low = RadarFormats.Open(path, new() { HeightLimitMetres = 2100 });
        Assert.Equal(all.Grid, low.Grid);
        Assert.Contains("heightLimitMetres", Assert.Single(all.Notes), StringComparison.Ordinal);
        // At 1° a beam is 2 km above the radar 88 km away.
        var (row, middle) = (low.Grid.Height / 2, low.Grid.Width / 2);
        var eastwards = low.Read(0).RainRate.AsSpan((row * low.Grid.Width) + middle, middle).ToArray();
        Assert.InRange(eastwards.Count(r => !float.IsNaN(r)), 87, 89);
        Assert.InRange(all.Read(0).RainRate.AsSpan((row * all.Grid.Width) + middle, middle).ToArray().Count(r => !float.IsNaN(r)), 198,
            200);
    }

    [Fact]
    public void AVerticalSectionIsRefused()
    {
        var message = Assert.Throws<RadarFileException>(() =>
            RadarFormats.Open(PolarSamples.Odim(_folder.File("a.h5"), [(90, Sweep())], 500)).Dispose()).Message;
        Assert.Contains("none of a weather radar that sees rain at the ground", message, StringComparison.Ordinal);
    }

    private static byte[,] Sweep() => new byte[360, 400];

    // From east to south, but for the pixels along its edges.
    private static void AssertQuarterIsMissing(RadarFile file)
    {
        var (grid, rain) = (file.Grid, file.Read(0).RainRate);
        for (var i = 0; i < rain.Length; i++)
        {
            var (x, y) = (grid.CentreX(i % grid.Width), grid.CentreY(i / grid.Width));
            var azimuth = (double.RadiansToDegrees(Math.Atan2(x, y)) + 360) % 360;
            if (Math.Sqrt((x * x) + (y * y)) > 195_000 || azimuth is > 87 and < 92 or > 178 and < 183)
                continue;
            Assert.True(float.IsNaN(rain[i]) == azimuth is > 90 and < 180, $"{azimuth}° is {rain[i]}");
        }
    }
}
