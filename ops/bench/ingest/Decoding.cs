using System.Buffers;
using System.Diagnostics;
using ConvLstm.Nowcast.Ingest.Formats;

namespace ConvLstm.Nowcast.Bench.Ingest;

/// <summary>Our side: every scan of the files into a pooled array of mm/h.</summary>
internal static class Decoding
{
    /// <summary>Wall clock and processor seconds.</summary>
    internal static (double Seconds, double Processor) Time(IReadOnlyList<string> files, int threads)
    {
        using var process = Process.GetCurrentProcess();
        var (start, processor) = (Stopwatch.GetTimestamp(), process.TotalProcessorTime);
        if (threads == 1)
        {
            foreach (var path in files)
                Read(path, _ => { });
        }
        else
        {
            Parallel.ForEach(files, new ParallelOptions { MaxDegreeOfParallelism = threads }, path => Read(path, _ => { }));
        }
        process.Refresh();
        return (Stopwatch.GetElapsedTime(start).TotalSeconds, (process.TotalProcessorTime - processor).TotalSeconds);
    }

    internal static (double Sum, long Missing) Sum(IReadOnlyList<string> files)
    {
        var (sum, missing) = (0.0, 0L);
        foreach (var path in files)
        {
            Read(path, rates =>
            {
                foreach (var rate in rates)
                {
                    if (float.IsNaN(rate))
                        missing++;
                    else
                        sum += rate;
                }
            });
        }
        return (sum, missing);
    }

    private static void Read(string path, Action<ReadOnlySpan<float>> use)
    {
        using var file = RadarFormats.Open(path);
        var rates = ArrayPool<float>.Shared.Rent(file.Grid.PixelCount);
        for (var i = 0; i < file.ValidTimes.Count; i++)
        {
            file.Read(i, rates.AsSpan(0, file.Grid.PixelCount));
            use(rates.AsSpan(0, file.Grid.PixelCount));
        }
        ArrayPool<float>.Shared.Return(rates);
    }
}
