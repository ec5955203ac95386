using System.Threading.Channels;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Formats;
using ConvLstm.Nowcast.Storage;
using ConvLstm.Nowcast.Storage.Grids;
using ConvLstm.Nowcast.Storage.Scans;
using Npgsql;

namespace ConvLstm.Nowcast.Jobs.Feed;

/// <summary>One file while a decoder reads it; its new scans come out in the file's order, at most two ahead of who stores them.</summary>
internal sealed class FeedFile
{
    private const int ScansAhead = 2;

    private readonly Channel<ReadScan> _frames = Channel.CreateBounded<ReadScan>(ScansAhead);

    private bool _isSecondTry;
    private int _done;

    private FeedFile(string path) => Path = path;

    internal string Path { get; }

    /// <summary>Scans that the database had and that were not read.</summary>
    internal int AlreadyThere { get; private set; }

    /// <summary>What was left out or decided while reading, a line each.</summary>
    internal IReadOnlyList<string> Notes { get; private set; } = [];

    /// <summary>Why the file, or what is left of it, cannot be used; null where all is well. Holds once the frames have ended.</summary>
    internal string? Problem { get; private set; }

    /// <summary>The scans that are new, or may be other issues of those that are there; ends early where the file is damaged.</summary>
    internal IAsyncEnumerable<ReadScan> Frames(CancellationToken cancellation) => _frames.Reader.ReadAllAsync(cancellation);

    internal static FeedFile Start(string path, RadarReadOptions options, DecoderPool decoders, NowcastDatabase database,
        CancellationToken cancellation)
    {
        var file = new FeedFile(path);
        _ = file.RunAsync(options, decoders, database, cancellation);
        return file;
    }

    // Every end completes the channel, with the error where it is not the file's own.
    private async Task RunAsync(RadarReadOptions options, DecoderPool decoders, NowcastDatabase database, CancellationToken cancellation)
    {
        try
        {
            try
            {
                await ReadAsync(options, decoders, database, cancellation);
            }
            catch (DecoderKilledException)
            {
                // A good file shall not be lost for that; one that is the cause ends a second decoder and goes to quarantine.
                _isSecondTry = true;
                await ReadAsync(options, decoders, database, cancellation);
            }
            _frames.Writer.Complete();
        }
        catch (Exception e)
        {
            _frames.Writer.Complete(e);
        }
    }

    private async Task ReadAsync(RadarReadOptions options, DecoderPool decoders, NowcastDatabase database, CancellationToken cancellation)
    {
        using var lease = await decoders.RentAsync(cancellation);
        var budget = new FileBudget(decoders.Options.FileLimit);
        if (await TryAsync(() => lease.Decoder.OpenAsync(Path, options, budget, cancellation)) is not { } contents)
            return;
        var isNamed = options.GridName is not null || options.Product is not null;
        if (await TryAsync(() => database.Grids.AdoptAsync(contents.Grid, isNamed, cancellation)) is not { } grid)
            return;
        contents = contents with { Grid = grid };
        var forecasts = contents.Leads.Count(lead => lead > TimeSpan.Zero);
        Notes = forecasts == 0 ? contents.Notes
            : [.. contents.Notes,
            $"{forecasts} forecasts of the service, to {contents.Leads.Max().TotalMinutes:0} minutes ahead, are no scans and left out"];
        var written = File.GetLastWriteTimeUtc(Path);
        for (var i = _done; i < contents.ValidTimes.Count; i++, _done++)
        {
            if (contents.Leads[i] > TimeSpan.Zero)
                continue;
            // Asking first saves decoding what is there; storing decides, should another process be quicker.
            var there = await database.Scans.FindAsync(contents.Grid.Name, contents.ValidTimes[i], cancellation);
            if (there is not null && there.SourceFile == System.IO.Path.GetFileName(Path) && written <= there.ReceivedAt.UtcDateTime)
            {
                AlreadyThere++;
                continue;
            }
            var index = i;
            if (await TryAsync(() => lease.Decoder.ReadAsync(Path, contents, index, budget, cancellation)) is not { } frame)
                return;
            await _frames.Writer.WriteAsync(new(frame, there), cancellation);
        }
    }

    // What a file says may be more than the database can hold of it; that costs the file, not the feed.
    private async Task<T?> TryAsync<T>(Func<Task<T>> ask)
        where T : class
    {
        try
        {
            return await ask();
        }
        catch (PostgresException e) when (ScanIntake.IsOfTheFile(e))
        {
            Problem = $"{Path}: the database refuses it: {e.Message}";
            return null;
        }
        catch (ReportedException e) when (e is AmbiguousGridException or RadarFileException
            && (_isSecondTry || e is not DecoderKilledException))
        {
            Problem = e is AmbiguousGridException ? $"{Path}: {e.Message}" : e.Message;
            return null;
        }
    }
}

/// <summary>A scan of a file, and the one of the same grid and time that the database has had.</summary>
internal sealed record ReadScan(RadarFrame Frame, StoredScan? There);
