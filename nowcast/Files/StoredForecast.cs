using ConvLstm.Nowcast.Ingest.Formats;

namespace ConvLstm.Nowcast.Files;

/// <summary>An open forecast file; its maps are read when they are wanted.</summary>
/// <param name="contents">What it holds.</param>
/// <param name="read">Reads a map, as <see cref="ForecastContents.Read"/> counts them.</param>
/// <param name="held">What is closed with it.</param>
public sealed class StoredForecast(ForecastContents contents, ScanReading read, IDisposable held) : IDisposable
{
    public ForecastContents Contents => contents;

    /// <summary>All of it.</summary>
    public RainForecast Read(CancellationToken cancellation) => contents.Read(read, cancellation);

    /// <summary>One of its maps, row-major, into memory of the caller's.</summary>
    public void Read(int map, Span<float> values) => read(map, values);

    public void Dispose() => held.Dispose();
}
