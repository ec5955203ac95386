using System.Runtime.CompilerServices;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Quality;
using ConvLstm.Nowcast.Storage;
using ConvLstm.Nowcast.Storage.Scans;
using Npgsql;

namespace ConvLstm.Nowcast.Jobs.Feed;

/// <summary>What became of a file.</summary>
/// <param name="Path">The file.</param>
/// <param name="Stored">Scans that are new.</param>
/// <param name="AlreadyThere">Scans that the database had.</param>
/// <param name="Marked">Of the new ones, those that the quality control marked as bad, and why.</param>
/// <param name="Notes">What else a person should know: what was left out, and what is unusual of scans that are used.</param>
/// <param name="Problem">Why the file cannot be used; null where all is well.</param>
internal sealed record FileOutcome(string Path, int Stored, int AlreadyThere, IReadOnlyList<string> Marked, IReadOnlyList<string> Notes, string? Problem);

/// <summary>Radar files into the database: decoded in child processes, checked and stored in the order in which they are given.</summary>
internal sealed class ScanIntake(NowcastDatabase database, DecoderPool decoders, TimeProvider time)
{
    private readonly GridQuality _quality = new(database, time);

    /// <summary>Takes files one after the other, while decoders already read the next ones.</summary>
    /// <exception cref="ReportedException">The database does not answer; the file that was being stored is not taken.</exception>
    internal async IAsyncEnumerable<FileOutcome> TakeAsync(IReadOnlyList<string> files, [EnumeratorCancellation] CancellationToken cancellation)
    {
        // Ends the decoding ahead where the caller stops early.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var ahead = new Queue<FeedFile>();
        try
        {
            for (var next = 0; next < files.Count || ahead.Count > 0;)
            {
                while (next < files.Count && ahead.Count <= decoders.Options.Processes)
                    ahead.Enqueue(FeedFile.Start(files[next++], decoders, database, stop.Token));
                yield return await StoreAsync(ahead.Dequeue(), cancellation);
            }
        }
        finally
        {
            await stop.CancelAsync();
        }
    }

    private async Task<FileOutcome> StoreAsync(FeedFile file, CancellationToken cancellation)
    {
        var (stored, raced) = (0, 0);
        var (marked, notes) = (new List<string>(), new List<string>());
        string? refused = null;
        await foreach (var read in file.Frames(cancellation))
        {
            if (refused is not null)
                continue;
            try
            {
                var quality = await _quality.CheckAsync(read, cancellation);
                var (frame, clutter) = Clutter.Remove(read);
                var outcome = await database.Scans.StoreAsync(frame, Path.GetFileName(file.Path), quality.ToJson(), cancellation);
                (stored, raced) = outcome == ScanOutcome.Stored ? (stored + 1, raced) : (stored, raced + 1);
                if (!quality.Usable && outcome == ScanOutcome.Stored)
                    marked.Add($"{frame.ValidTime:u}: {quality.Problems()}");
                if (outcome == ScanOutcome.Stored && quality.Usable && quality.Warnings() is { Length: > 0 } warnings)
                    notes.Add($"{frame.ValidTime:u}: {warnings}");
                if (outcome == ScanOutcome.Stored && clutter > 0)
                    notes.Add($"{frame.ValidTime:u}: {clutter} {(clutter == 1 ? "pixel" : "pixels")} above any rain set missing");
            }
            catch (Exception e) when (IsOfTheFile(e))
            {
                refused = $"{file.Path}: the database refuses it: {e.Message}";
            }
        }
        return new FileOutcome(file.Path, stored, file.AlreadyThere + raced, marked, [.. file.Notes, .. notes], file.Problem ?? refused);
    }

    // What the values of a file cause, against a server that is gone, full or stopping: https://www.postgresql.org/docs/15/errcodes-appendix.html,
    // classes 22 and 23 (data, constraints), P0 (raised by our functions), XX (PostGIS).
    private static bool IsOfTheFile(Exception e) => e switch
    {
        PostgresException refusal => refusal.SqlState[..2] is "22" or "23" or "P0" or "XX",
        ReportedException { InnerException: NpgsqlException inner } => inner is PostgresException && IsOfTheFile(inner),
        ReportedException => true,
        _ => false,
    };
}
