using ConvLstm.Nowcast.Files;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Formats;

namespace ConvLstm.Nowcast.Jobs.Feed;

/// <summary>
/// The radar and forecast files that a command reads: by decoders, which are started with the first file and kept for the others.
/// What a file does to the libraries ends its decoder and nothing else. An open file holds its decoder: who keeps one open and opens
/// others waits for ever where there is one decoder.
/// </summary>
/// <param name="options">What the reading of a file may cost; asked for with the first one.</param>
internal sealed class DecodedFiles(Func<DecoderOptions> options) : IDisposable
{
    private readonly Lazy<DecoderPool> _decoders = new(() => new(options()));

    /// <inheritdoc cref="RadarFileOpener"/>
    internal RadarFile Open(string path, RadarReadOptions? options, CancellationToken cancellation) => Open(
        (decoder, budget, lease) => new RadarFile(path,
            decoder.Open(path, options ?? RadarReadOptions.Default, budget, cancellation),
            Maps(path, decoder, budget, cancellation), lease),
        cancellation)!;

    /// <summary>Opens a forecast file; null for what is none.</summary>
    /// <exception cref="ReportedException">It is damaged, or another program wrote it.</exception>
    internal StoredForecast? FindForecast(string path, CancellationToken cancellation) => Open(
        (decoder, budget, lease) => decoder.OpenForecast(path, asks: true, budget, cancellation) is { } contents
            ? new StoredForecast(contents, Maps(path, decoder, budget, cancellation), lease) : null,
        cancellation);

    /// <summary>Opens a forecast file.</summary>
    /// <exception cref="ReportedException">It is damaged, or none of this program.</exception>
    internal StoredForecast OpenForecast(string path, CancellationToken cancellation) => Open(
        (decoder, budget, lease) => new StoredForecast(decoder.OpenForecast(path, asks: false, budget, cancellation)!,
            Maps(path, decoder, budget, cancellation), lease),
        cancellation)!;

    private static ScanReading Maps(string path, Decoder decoder, FileBudget budget, CancellationToken cancellation) =>
        (index, values) => decoder.Read(path, index, values, budget, cancellation);

    // What is opened holds the lease; where nothing is, the decoder goes back.
    private T? Open<T>(Func<Decoder, FileBudget, DecoderPool.Lease, T?> open, CancellationToken cancellation)
        where T : class
    {
        var decoders = _decoders.Value;
        var lease = decoders.Rent(cancellation);
        T? opened = null;
        try
        {
            return opened = open(lease.Decoder, new FileBudget(decoders.Options.FileLimit), lease);
        }
        finally
        {
            if (opened is null)
                lease.Dispose();
        }
    }

    public void Dispose()
    {
        if (_decoders.IsValueCreated)
            _decoders.Value.Dispose();
    }
}
