using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using ConvLstm.Nowcast.Cascade;
using ConvLstm.Nowcast.Ingest.Simulation;
using ConvLstm.Nowcast.Model;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Cascade;

public sealed class CascadeAgainstNumpy
{
    private const int Size = 64;
    private const int Steps = 6;

    [Theory]
    [InlineData(3)]
    [InlineData(8)]
    public async Task LevelsParametersForecastsAndNoiseAreThoseOfAnIndependentOne(int seed)
    {
        using var folder = new TemporaryFolder();
        var scans = RainSimulator.Run(new() { Seed = seed, Frames = 6, Size = Size }).TakeLast(3).Select(s => s.Frame).ToArray();
        for (var i = 0; i < 3; i++)
            await File.WriteAllBytesAsync(Path.Combine(folder.Path, $"scan{i}.f32"),
                MemoryMarshal.AsBytes(scans[i].RainRate.AsSpan()).ToArray(), TestContext.Current.CancellationToken);
        using var scope = NewDisposeScope();
        using var cascade = new RainCascade(stack(scans.Select(s => tensor(s.RainRate, [Size, Size]))), scans[0].Grid);
        var pixel = PixelSize.SideKilometres(scans[0].Grid);
        var text = await Python.RunAsync("numpy", "forecasts/Cascade/cascade.py", folder.Path, $"{Size}",
            pixel.ToString(CultureInfo.InvariantCulture), $"{cascade.Levels.Count}", $"{Steps}");
        var reference = JsonDocument.Parse(text).RootElement;
        void Each(string name, IEnumerable<double> actual, double tolerance) =>
            Assert.All(reference.GetProperty(name).EnumerateArray().Select(v => v.GetDouble()).Zip(actual),
                p => Assert.Equal(p.First, p.Second, tolerance * Math.Max(1, Math.Abs(p.First))));

        Each("wavelengths", cascade.Filters.WavelengthKilometres, 1e-6);
        Each("deviation", cascade.Levels.Select(l => l.Deviation), 1e-3);
        Each("phi1", cascade.Levels.Select(l => l.Process.Phi1), 5e-3);
        Each("phi2", cascade.Levels.Select(l => l.Process.Phi2), 5e-3);
        Each("explained", cascade.Levels.Select(l => l.Process.Explained(l.Process.Forecast(Steps)[Steps - 1])), 5e-3);
        Same(Path.Combine(folder.Path, "expected.f32"),
            Enumerable.Range(1, Steps).SelectMany(step => cascade.Expected(step).ToFloats()), 0.05);
        Same(Path.Combine(folder.Path, "noise.f32"), cascade.NoiseAmplitudes().ToFloats(), 1e-3);
    }

    private static void Same(string file, IEnumerable<float> actual, double tolerance)
    {
        var expected = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(file)).ToArray();
        var values = actual.ToArray();
        Assert.Equal(expected.Length, values.Length);
        for (var i = 0; i < values.Length; i++)
            Assert.True(Math.Abs(expected[i] - values[i]) <= tolerance, $"{Path.GetFileName(file)} {i}: {expected[i]} and {values[i]}");
    }
}
