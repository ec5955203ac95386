using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Formats;
using ConvLstm.Nowcast.Storage;
using ConvLstm.Nowcast.Storage.Scans;

namespace ConvLstm.Nowcast.Jobs.Pipeline;

/// <summary>What became of the files that were given.</summary>
/// <param name="Stored">Scans that are new.</param>
/// <param name="AlreadyThere">Scans that the database had.</param>
/// <param name="Problems">Files that could not be used, and why.</param>
internal sealed record IngestSummary(int Stored, int AlreadyThere, IReadOnlyList<string> Problems);

/// <summary>Radar files into the database; a bad file costs only itself.</summary>
internal sealed class ArchiveIngest(NowcastDatabase database)
{
    /// <param name="paths">Files, folders and patterns.</param>
    /// <param name="progress">Files done, of how many.</param>
    /// <param name="cancellation">Stops between two scans.</param>
    /// <exception cref="ReportedException">A path is not there, or the database does not answer.</exception>
    internal async Task<IngestSummary> RunAsync(IEnumerable<string> paths, Action<int, int>? progress, CancellationToken cancellation)
    {
        var files = RadarPaths.Expand(paths);
        var (stored, alreadyThere) = (0, 0);
        var problems = new List<string>();
        for (var i = 0; i < files.Count; i++)
        {
            try
            {
                using var file = RadarFormats.Open(files[i]);
                for (var scan = 0; scan < file.ValidTimes.Count; scan++)
                {
                    cancellation.ThrowIfCancellationRequested();
                    var isNew = await StoreAsync(file, scan, cancellation);
                    (stored, alreadyThere) = isNew ? (stored + 1, alreadyThere) : (stored, alreadyThere + 1);
                }
            }
            catch (RadarFileException e)
            {
                problems.Add(e.Message);
            }
            progress?.Invoke(i + 1, files.Count);
        }
        return new(stored, alreadyThere, problems);
    }

    private async Task<bool> StoreAsync(RadarFile file, int scan, CancellationToken cancellation)
    {
        // Asking first saves decoding what is there; storing decides, should another process be quicker.
        if (await database.Scans.HasAsync(file.Grid.Name, file.ValidTimes[scan], cancellation))
            return false;
        return await database.Scans.StoreAsync(file.Read(scan), Path.GetFileName(file.Path), null, cancellation) == ScanOutcome.Stored;
    }
}
