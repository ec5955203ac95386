using ConvLstm.Nowcast.Ingest;

namespace ConvLstm.Nowcast.Storage.Cluster;

/// <summary>Held while a cluster is made, started or stopped, so that two programs do not do it at once.</summary>
internal static class ClusterLock
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Waits for the lock; dispose the stream to give it back. The kernel gives it back when the process dies.</summary>
    /// <exception cref="ReportedException">Another process holds it for longer than <paramref name="timeout"/>.</exception>
    public static async Task<FileStream> TakeAsync(string path, TimeSpan timeout, CancellationToken cancellation)
    {
        var waited = System.Diagnostics.Stopwatch.StartNew();
        while (true)
        {
            try
            {
                // FileShare.None is flock(LOCK_EX | LOCK_NB) on Unix.
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (waited.Elapsed < timeout)
            {
                await Task.Delay(Pause, cancellation).ConfigureAwait(false);
            }
            catch (IOException held)
            {
                throw new ReportedException(
                    $"Another program has held {path} for {timeout.TotalSeconds:0} s. Is a database start hanging there? End it and try "
                        + "again.", held);
            }
        }
    }
}
