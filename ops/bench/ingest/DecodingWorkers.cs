using System.Diagnostics;
using System.Globalization;
using ConvLstm.Nowcast.Ingest;

namespace ConvLstm.Nowcast.Bench.Ingest;

/// <summary>
/// Processes of this program that decode, as the decoders of the service are processes: HDF5 has one lock for a whole process, behind
/// which threads take turns. Each keeps its arrays; nothing but the word that it is done comes back.
/// </summary>
internal sealed class DecodingWorkers : IDisposable
{
    internal const string Verb = "ingest-worker";

    private readonly List<Process> _workers = [];

    internal DecodingWorkers(int count)
    {
        var program = Environment.ProcessPath!;
        // Under the host `dotnet` the program is its first argument.
        string[] arguments = Path.GetFileNameWithoutExtension(program) == "dotnet" ? [typeof(DecodingWorkers).Assembly.Location, Verb]
            : [Verb];
        for (var i = 0; i < count; i++)
        {
            _workers.Add(Process.Start(
                new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true })
                ?? throw new ReportedException($"{program} could not be started."));
        }
    }

    /// <summary>Wall clock from the first question to the last answer, and the processor seconds of all workers.</summary>
    internal (double Seconds, double Processor) Time(IReadOnlyList<string> files)
    {
        var start = Stopwatch.GetTimestamp();
        // Every other file, as neighbours in time are alike.
        for (var i = 0; i < _workers.Count; i++)
        {
            _workers[i].StandardInput.WriteLine(string.Join('\t', files.Where((_, n) => n % _workers.Count == i)));
            _workers[i].StandardInput.Flush();
        }
        var processor = 0.0;
        foreach (var worker in _workers)
            processor += double.Parse(worker.StandardOutput.ReadLine()
                ?? throw new ReportedException("A worker ended early; its error stands above."), CultureInfo.InvariantCulture);
        return (Stopwatch.GetElapsedTime(start).TotalSeconds, processor);
    }

    /// <summary>The worker's side: decodes the files of each line of its input and answers with its processor seconds.</summary>
    internal static void Serve()
    {
        while (Console.ReadLine() is { } line)
            Console.WriteLine(Decoding.Time(line.Split('\t'), threads: 1).Processor.ToString(CultureInfo.InvariantCulture));
    }

    public void Dispose()
    {
        foreach (var worker in _workers)
        {
            worker.StandardInput.Close();
            worker.WaitForExit();
            worker.Dispose();
        }
    }
}
