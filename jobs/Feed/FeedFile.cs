using System.Threading.Channels;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Storage;

namespace ConvLstm.Nowcast.Jobs.Feed;

/// <summary>One file while a decoder reads it; its new scans come out in the file's order, at most two ahead of who stores them.</summary>
internal sealed class FeedFile
{
    private const int ScansAhead = 2;

    private readonly Channel<RadarFrame> _frames = Channel.CreateBounded<RadarFrame>(ScansAhead);

    private FeedFile(string path) => Path = path;

    internal string Path { get; }

    /// <summary>Scans that the database had and that were not read.</summary>
    internal int AlreadyThere { get; private set; }

    /// <summary>What was left out or decided while reading, a line each.</summary>
    internal IReadOnlyList<string> Notes { get; private set; } = [];

    /// <summary>Why the file, or what is left of it, cannot be used; null where all is well. Holds once the frames have ended.</summary>
    internal string? Problem { get; private set; }

    /// <summary>The scans that are new; ends early where the file is damaged.</summary>
    internal IAsyncEnumerable<RadarFrame> Frames(CancellationToken cancellation) => _frames.Reader.ReadAllAsync(cancellation);

    internal static FeedFile Start(string path, DecoderPool decoders, NowcastDatabase database, CancellationToken cancellation)
    {
        var file = new FeedFile(path);
        _ = file.RunAsync(decoders, database, cancellation);
        return file;
    }

    // Every end completes the channel, with the error where it is not the file's own.
    private async Task RunAsync(DecoderPool decoders, NowcastDatabase database, CancellationToken cancellation)
    {
        try
        {
            await ReadAsync(decoders, database, cancellation);
            _frames.Writer.Complete();
        }
        catch (Exception e)
        {
            _frames.Writer.Complete(e);
        }
    }

    private async Task ReadAsync(DecoderPool decoders, NowcastDatabase database, CancellationToken cancellation)
    {
        using var lease = await decoders.RentAsync(cancellation);
        var budget = new FileBudget(decoders.Options.FileLimit);
        if (await TryAsync(() => lease.Decoder.OpenAsync(Path, budget, cancellation)) is not { } contents)
            return;
        contents = contents with { Grid = await database.Grids.AdoptAsync(contents.Grid, cancellation) };
        Notes = contents.Notes;
        for (var i = 0; i < contents.ValidTimes.Count; i++)
        {
            // Asking first saves decoding what is there; storing decides, should another process be quicker.
            if (await database.Scans.HasAsync(contents.Grid.Name, contents.ValidTimes[i], cancellation))
            {
                AlreadyThere++;
                continue;
            }
            var index = i;
            if (await TryAsync(() => lease.Decoder.ReadAsync(Path, contents, index, budget, cancellation)) is not { } frame)
                return;
            await _frames.Writer.WriteAsync(frame, cancellation);
        }
    }

    private async Task<T?> TryAsync<T>(Func<Task<T>> ask)
        where T : class
    {
        try
        {
            return await ask();
        }
        catch (ReportedException e) when (e is RadarFileException or DecoderReport)
        {
            Problem = e.Message;
            return null;
        }
    }
}
