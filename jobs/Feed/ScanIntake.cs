using System.Runtime.CompilerServices;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Formats.Sources;
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
internal sealed record FileOutcome(string Path, int Stored, int AlreadyThere, IReadOnlyList<string> Marked, IReadOnlyList<string> Notes,
    string? Problem)
{
    /// <summary>True where the file cannot be used and lies where it was, as it cannot or must not be moved to quarantine.</summary>
    internal bool Stays { get; init; }
}

/// <summary>Radar files into the database: decoded in child processes, checked and stored in the order in which they are given.</summary>
/// <param name="database">Where they go.</param>
/// <param name="decoders">Who reads them.</param>
/// <param name="time">By which scans of the future are known.</param>
/// <param name="sources">What their files do not say; null where they say it all.</param>
internal sealed class ScanIntake(NowcastDatabase database, DecoderPool decoders, TimeProvider time, RadarSources? sources = null)
{
    private readonly GridQuality _quality = new(database, time);

    /// <summary>Takes files one after the other, while decoders already read the next ones.</summary>
    /// <exception cref="ReportedException">The database does not answer; the file that was being stored is not taken.</exception>
    internal async IAsyncEnumerable<FileOutcome> TakeAsync(IReadOnlyList<string> files,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        // Ends the decoding ahead where the caller stops early.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var ahead = new Queue<FeedFile>();
        try
        {
            for (var next = 0; next < files.Count || ahead.Count > 0;)
            {
                while (next < files.Count && ahead.Count <= decoders.Options.Processes)
                {
                    ahead.Enqueue(FeedFile.Start(files[next], (sources ?? RadarSources.None).For(files[next]), decoders, database,
                        stop.Token));
                    next++;
                }
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
        var (stored, there) = (0, 0);
        var (marked, notes) = (new List<string>(), new List<string>());
        string? refused = null;
        await foreach (var read in file.Frames(cancellation))
        {
            if (refused is not null)
                continue;
            try
            {
                var (frame, clutter) = Clutter.Remove(read.Frame);
                var (issue, quality) = await TakeAsync(read with { Frame = frame }, read.Frame, Path.GetFileName(file.Path), cancellation);
                if (issue.Note is { } about)
                    notes.Add(about);
                if (quality is null)
                {
                    refused = issue.Refusal is { } refusal ? $"{file.Path}: {refusal}" : null;
                    there += refused is null ? 1 : 0;
                    continue;
                }
                stored++;
                if (!quality.Usable)
                    marked.Add($"{frame.ValidTime:u}: {quality.Problems()}");
                else if (quality.Warnings() is { Length: > 0 } warnings)
                    notes.Add($"{frame.ValidTime:u}: {warnings}");
                if (clutter > 0)
                    notes.Add($"{frame.ValidTime:u}: {clutter} {(clutter == 1 ? "pixel" : "pixels")} above any rain set missing");
            }
            catch (Exception e) when (IsOfTheFile(e))
            {
                refused = $"{file.Path}: the database refuses it: {e.Message}";
            }
        }
        return new FileOutcome(file.Path, stored, file.AlreadyThere + there, marked, [.. file.Notes, .. notes], file.Problem ?? refused);
    }

    /// <summary>Stores a scan where it is to be stored, and says with what quality; null where it was not.</summary>
    private async Task<(ScanIssue Issue, QualityReport? Quality)> TakeAsync(ReadScan scan, RadarFrame asRead, string file,
        CancellationToken cancellation)
    {
        QualityReport? quality = null;
        for (var there = scan.There; ; there = await database.Scans.FindAsync(scan.Frame.Grid.Name, scan.Frame.ValidTime, cancellation))
        {
            var issue = ScanIssue.Of(scan.Frame, file, there);
            if (!issue.IsStored)
                return (issue, null);
            quality ??= await _quality.CheckAsync(asRead, cancellation);
            if (issue.Replaces)
                await database.Scans.ReplaceAsync(scan.Frame, file, quality.ToJson(), cancellation);
            // Another file or process may have been quicker: then it is compared with that.
            else if (await database.Scans.StoreAsync(scan.Frame, file, quality.ToJson(), cancellation) == ScanOutcome.AlreadyThere)
                continue;
            return (issue, quality);
        }
    }

    // What the values of a file cause, against a server that is gone, full or stopping:
    // https://www.postgresql.org/docs/15/errcodes-appendix.html, classes 22 and 23 (data, constraints), P0 (raised by our functions), XX
    // (PostGIS).
    internal static bool IsOfTheFile(Exception e) => e switch
    {
        PostgresException refusal => refusal.SqlState[..2] is "22" or "23" or "P0" or "XX",
        ReportedException { InnerException: NpgsqlException inner } => inner is PostgresException && IsOfTheFile(inner),
        ReportedException => true,
        _ => false,
    };
}
