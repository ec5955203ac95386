using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace ConvLstm.Nowcast.Ingest.Sequences;

/// <summary>Reads many files in their order, some of them ahead on other threads.</summary>
public static class FilesAhead
{
    // Fewer are read sooner than others are started to read them.
    private const int FilesAThread = 100;

    private static readonly int MostThreads = Math.Clamp(Environment.ProcessorCount, 1, 4);

    /// <param name="files">Their paths.</param>
    /// <param name="read">Reads one; called on several threads where there are many.</param>
    /// <param name="cancellation">Stops between two files.</param>
    public static IEnumerable<T> Each<T>(IReadOnlyList<string> files, Func<string, T> read, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(files);
        using var each = Partitioner.Create(files, EnumerablePartitionerOptions.NoBuffering).AsParallel().AsOrdered()
            .WithDegreeOfParallelism(Math.Clamp(files.Count / FilesAThread, 1, MostThreads))
            .WithMergeOptions(ParallelMergeOptions.NotBuffered).WithCancellation(cancellation).Select(read).GetEnumerator();
        while (MoveNext(each))
            yield return each.Current;
    }

    private static bool MoveNext<T>(IEnumerator<T> each)
    {
        try
        {
            return each.MoveNext();
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
            throw;
        }
    }
}
