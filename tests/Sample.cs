using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Formats;
using ConvLstm.Nowcast.Ingest.Projection;
using ConvLstm.Nowcast.Ingest.Sequences;
using ConvLstm.Nowcast.Model.Checkpoints;
using ConvLstm.Nowcast.Model.Networks;

namespace ConvLstm.Nowcast.Tests;

/// <summary>Builders that keep the arranging of a test to a line.</summary>
internal static class Sample
{
    internal static DateTimeOffset Time { get; } = new(2024, 5, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>The description of a network that was never trained.</summary>
    internal static CheckpointMetadata Metadata(NetworkOptions network) => new()
    {
        Network = network,
        Normalisation = new Dictionary<string, string>(),
        PastFrames = 4,
        FutureFrames = 6,
        StepMinutes = 5,
        Data = new(["test"], Time, Time, 1),
        Scores = new Dictionary<string, double>(),
        Training = new Dictionary<string, string>(),
        Program = "test",
        Created = Time,
    };

    internal const string Laea = "+proj=laea +lat_0=52 +lon_0=10 +x_0=0 +y_0=0 +ellps=WGS84 +units=m +no_defs";

    internal static RadarGrid RadarGrid(
        int width = 8, int height = 6, string proj = Laea, double pixel = 1000, double originX = -4000, double originY = 3000) =>
        new(GridNames.For(width, height, ProjString.Parse(proj), pixel, pixel, originX, originY),
            width, height, ProjString.Parse(proj).ToString(), pixel, pixel, originX, originY);

    /// <summary>A frame of one rain rate everywhere, or of random rain with dry and missing pixels where none is given.</summary>
    internal static RadarFrame RadarFrame(RadarGrid? grid = null, DateTimeOffset? at = null, float? rate = null, int seed = 1)
    {
        grid ??= RadarGrid();
        var random = new Random(seed);
        var rain = new float[grid.PixelCount];
        for (var i = 0; i < rain.Length; i++)
            rain[i] = rate ?? (random.Next(5) switch { 0 => float.NaN, 1 => 0, _ => 0.1f * random.Next(1, 500) });
        return new RadarFrame(grid, at ?? Time, rain);
    }

    /// <summary>Scans in memory at the given minutes after <see cref="Time"/>.</summary>
    internal static IScan[] Scans(params ReadOnlySpan<double> minutes)
    {
        var scans = new IScan[minutes.Length];
        for (var i = 0; i < scans.Length; i++)
            scans[i] = new FrameScan(RadarFrame(at: Time.AddMinutes(minutes[i]), rate: i), $"scan {i}");
        return scans;
    }

    /// <summary>A regular sequence of random rain.</summary>
    internal static RadarSequence RadarSequence(int frames = 6, RadarGrid? grid = null, double stepMinutes = 5)
    {
        grid ??= RadarGrid();
        return new RadarSequence(TimeSpan.FromMinutes(stepMinutes),
            [.. Enumerable.Range(0, frames).Select(i => RadarFrame(grid, Time.AddMinutes(i * stepMinutes), seed: i))]);
    }

    /// <summary>A radar file as the simulator writes it.</summary>
    internal static string RadarFile(TemporaryFolder folder, RadarFrame frame, string? name = null)
    {
        var path = folder.File(name ?? CfRadarWriter.FileName(frame.ValidTime));
        CfRadarWriter.Write(path, frame);
        return path;
    }
}
