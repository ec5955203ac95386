using System.Runtime.InteropServices;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Sequences;

namespace ConvLstm.Nowcast.Jobs.Retraining;

/// <summary>A scan of the database whose pixels lie in a temporary file: an archive of weeks does not fit in memory.</summary>
internal sealed class ScanOnDisk : IScan
{
    private readonly string _path;

    private ScanOnDisk(string path, RadarFrame frame) =>
        (_path, Grid, ValidTime, IsInterpolated) = (path, frame.Grid, frame.ValidTime, frame.IsInterpolated);

    public RadarGrid Grid { get; }

    public DateTimeOffset ValidTime { get; }

    public string Source => "the database";

    public bool IsInterpolated { get; }

    internal static async Task<ScanOnDisk> WriteAsync(string folder, RadarFrame frame, CancellationToken cancellation)
    {
        var path = Path.Combine(folder, $"{frame.ValidTime.UtcTicks}.f32");
        await File.WriteAllBytesAsync(path, MemoryMarshal.AsBytes(frame.RainRate.AsSpan()).ToArray(), cancellation);
        return new(path, frame);
    }

    public RadarFrame Read(CancellationToken cancellation = default) =>
        new(Grid, ValidTime, MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(_path)).ToArray())
        {
            IsInterpolated = IsInterpolated,
        };
}
