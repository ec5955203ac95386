using System.Runtime.InteropServices;
using ConvLstm.Nowcast.Files;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Formats;
using ConvLstm.Nowcast.Jobs.Feed;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Jobs.Feed;

/// <summary>What comes out of a decoder is what the same code reads in this process, bit by bit.</summary>
public sealed class DecodedRadarFiles : IDisposable
{
    // Of a file: the last of hundreds is read as the first is.
    private const int MostScans = 4;

    private readonly TemporaryFolder _folder = new();
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void EveryRealFileIsTheSame()
    {
        using var decoded = new DecodedFiles(() => DecoderOptions.Default with { FileLimit = TimeSpan.FromMinutes(2) });
        var scans = 0;
        foreach (var path in RadarData.Files("corpus").Where(f => Path.GetExtension(f) is ".nc" or ".h5" or ".hdf"))
        {
            using var here = RadarFormats.Open(path);
            using var there = decoded.Open(path, null, _cancellation);
            Assert.Equal((here.Format, here.Quantity, here.Units, here.Grid, here.From),
                (there.Format, there.Quantity, there.Units, there.Grid, there.From));
            Assert.Equal(here.Notes, there.Notes);
            Assert.Equal(here.ValidTimes, there.ValidTimes);
            Assert.Equal(here.Leads, there.Leads);
            for (var i = 0; i < Math.Min(here.ValidTimes.Count, MostScans); i++, scans++)
                Assert.True(Same(here.Read(i).RainRate, there.Read(i).RainRate), $"{path}[{i}]");
        }
        Assert.True(scans > 20, $"{scans} scans");
    }

    [Fact]
    public void WhatASourceLeavesOpenIsToldToTheDecoder()
    {
        var path = Sample.RadarFile(_folder, Sample.RadarFrame());
        using var decoded = new DecodedFiles(() => DecoderOptions.Default);

        using var file = decoded.Open(path, new() { GridName = "mine" }, _cancellation);

        Assert.Equal("mine", file.Grid.Name);
    }

    [Fact]
    public void AForecastIsTheSameAndARadarFileIsNone()
    {
        var path = _folder.File("forecast.nc");
        ForecastFile.Write(path, Forecast(), TimeProvider.System, _cancellation);
        using var decoded = new DecodedFiles(() => DecoderOptions.Default);

        RainForecast read;
        // An open file holds its decoder, and here there is one.
        using (var there = decoded.FindForecast(path, _cancellation))
            read = there!.Read(_cancellation);
        var here = ForecastFile.Read(path);

        Assert.Equal((here.Provenance.Method, here.Provenance.ModelVersion), (read.Provenance.Method, read.Provenance.ModelVersion));
        Assert.Equal(here.Provenance.Inputs, read.Provenance.Inputs);
        Assert.Equal(here.Provenance.InputQuality, read.Provenance.InputQuality);
        Assert.Equal((here.Grid, here.IssueTime), (read.Grid, read.IssueTime));
        Assert.Equal(here.LeadTimes, read.LeadTimes);
        Assert.Equal(here.Thresholds, read.Thresholds);
        Assert.Equal(here.AirFromOutside, read.AirFromOutside);
        Assert.All(here.RainRate.Zip(read.RainRate).Concat(here.MeanRate.Zip(read.MeanRate))
            .Concat(here.ExceedanceProbability.Zip(read.ExceedanceProbability).SelectMany(t => t.First.Zip(t.Second)))
            .Concat(here.Members.Zip(read.Members).SelectMany(m => m.First.Zip(m.Second))),
            maps => Assert.True(Same(maps.First, maps.Second)));
        Assert.Equal((2, 3), (read.Members.Count, read.ExceedanceProbability.Count));

        Assert.Null(decoded.FindForecast(Sample.RadarFile(_folder, Sample.RadarFrame()), _cancellation));
        Assert.Contains("no forecast of this program", Assert.Throws<RadarFileException>(
            () => decoded.OpenForecast(Sample.RadarFile(_folder, Sample.RadarFrame()), _cancellation)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(@"printf '\001\000\000\000\000'")]
    [InlineData(@"printf '\012\000\000\000\000\005CF-Ne\377\377\377'")]
    [InlineData(@"printf '\377\377\377\177\000'")]
    public void ADecoderThatAFileHasTakenOverCannotMakeTheProgramBelieveAnything(string answer)
    {
        var path = Sample.RadarFile(_folder, Sample.RadarFrame());
        var script = _folder.File("decoder.sh");
        File.WriteAllText(script, $"""
            printf '\001\000\000\000\000'
            head -c 1 > /dev/null
            {answer}
            exec sleep 600
            """);
        using var decoded = new DecodedFiles(
            () => DecoderOptions.Default with { Program = ["/bin/sh", script], FileLimit = TimeSpan.FromMinutes(1) });

        var error = Assert.Throws<RadarFileException>(() => decoded.Open(path, null, _cancellation));

        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    private static bool Same(float[] one, float[] other) =>
        MemoryMarshal.AsBytes(one.AsSpan()).SequenceEqual(MemoryMarshal.AsBytes(other.AsSpan()));

    private static RainForecast Forecast()
    {
        var grid = Sample.RadarGrid(24, 16);
        float[] Map(int seed) => Sample.RadarFrame(grid, seed: seed).RainRate;
        float[] Share(int seed) => Array.ConvertAll(Map(seed), r => float.IsNaN(r) ? r : Math.Min(1, r / 100));
        return new()
        {
            Grid = grid,
            IssueTime = Sample.Time,
            LeadTimes = [TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(10)],
            RainRate = [Map(1), Map(2)],
            MeanRate = [Map(3), Map(4)],
            Thresholds = [0.1f, 1, 5],
            ExceedanceProbability = [.. Enumerable.Range(5, 3).Select(seed => (float[][])[Share(seed), Share(seed + 10)])],
            Members = [[Map(20), Map(21)], [Map(22), Map(23)]],
            AirFromOutside = [[.. Map(1).Select(r => r > 1)], [.. Map(2).Select(r => r > 1)]],
            Provenance = new("extrapolation", "1", "", [Sample.Time], [0.9]),
        };
    }
}
