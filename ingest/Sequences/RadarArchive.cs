using ConvLstm.Nowcast.Ingest.Formats;
using ConvLstm.Nowcast.Ingest.Formats.Sources;

namespace ConvLstm.Nowcast.Ingest.Sequences;

/// <summary>The scans of many files, by their headers only.</summary>
/// <param name="Scans">In the order of the files; what a service forecast is none.</param>
/// <param name="Problems">Files that could not be used; they cost nothing that was good.</param>
public sealed record RadarArchive(IReadOnlyList<IScan> Scans, IReadOnlyList<ReportedException> Problems)
{
    /// <summary>Opens files, folders and globs (see <see cref="RadarPaths.Expand"/>).</summary>
    /// <param name="paths">What people gave.</param>
    /// <param name="open">Opens each file, now and whenever a scan of it is read.</param>
    /// <param name="sources">What the files do not say; null where they say it all.</param>
    /// <param name="progress">Told how many files have been opened, of how many.</param>
    /// <param name="cancellation">Stops between two files.</param>
    /// <exception cref="ReportedException">A path is not there, or not one of the files can be used: the first reason.</exception>
    public static RadarArchive Open(
        IEnumerable<string> paths, RadarFileOpener open, RadarSources? sources = null, IProgress<(int Done, int Of)>? progress = null,
            CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(open);
        var files = RadarPaths.Expand(paths);
        var done = 0;
        var scans = new List<IScan>();
        var problems = new List<ReportedException>();
        foreach (var (found, problem) in FilesAhead.Each(files, Look, cancellation))
        {
            scans.AddRange(found);
            if (problem is not null)
                problems.Add(problem);
            progress?.Report((++done, files.Count));
        }
        return scans.Count > 0 || problems.Count == 0 ? new RadarArchive(scans, problems) : throw problems[0];

        (IReadOnlyList<FileScan> Scans, RadarFileException? Problem) Look(string path)
        {
            try
            {
                var options = (sources ?? RadarSources.None).For(path);
                using var file = open(path, options, cancellation);
                return ([.. Enumerable.Range(0, file.ValidTimes.Count).Where(index => file.Leads[index] == TimeSpan.Zero)
                    .Select(index => new FileScan(file, index, options, open))], null);
            }
            catch (RadarFileException e)
            {
                return ([], e);
            }
        }
    }
}
