using System.Diagnostics;
using System.Text.Json;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Jobs.Feed;
using ConvLstm.Nowcast.Storage;
using Npgsql;

namespace ConvLstm.Nowcast.Jobs.Heavy;

/// <summary>What a heavy process has at hand.</summary>
/// <param name="Database">Open.</param>
/// <param name="Options">Of the work.</param>
/// <param name="Time">The clock of the service.</param>
/// <param name="Say">Tells the service.</param>
internal sealed record HeavyContext(NowcastDatabase Database, JsonElement Options, TimeProvider Time, Action<HeavyMessage> Say)
{
    internal T OptionsAs<T>() => Options.Deserialize<T>(HeavyMessage.Json)!;
}

/// <summary>The child process that does heavy work: one request, then it ends.</summary>
internal static class HeavyWorker
{
    private static readonly Lock Output = new();

    /// <param name="works">The work by name.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>True where the work is done.</returns>
    internal static async Task<bool> RunAsync(IReadOnlyDictionary<string, Func<HeavyContext, CancellationToken, Task<HeavyMessage>>> works, CancellationToken cancellation)
    {
        var line = await Console.In.ReadLineAsync(cancellation) ?? throw new ReportedException("job-worker is started by 'nowcast serve'; there is no request on its standard input.");
        var request = JsonSerializer.Deserialize<HeavyRequest>(line, HeavyMessage.Json)!;
        if (request.MemoryLimit > 0)
            ProcessLimits.Apply(request.MemoryLimit);
        DieWithTheService();
        try
        {
            var time = new ShiftedTime(request.Now);
            await using var database = await NowcastDatabase.OpenAsync(request.Database, cancellation, time: time);
            Say(await works[request.Work](new HeavyContext(database, request.Options, time, Say), cancellation));
            return true;
        }
        catch (Exception e) when (e is ReportedException or NpgsqlException or OutOfMemoryException or IOException || TorchErrors.IsTorch(e))
        {
            Say(new(HeavyMessage.Of.Failure, e is OutOfMemoryException || TorchErrors.IsOutOfMemory(e) ? $"out of memory: {FirstLine(e)}" : FirstLine(e)));
            return false;
        }
    }

    private static string FirstLine(Exception e) => e.Message.Split('\n', 2)[0].TrimEnd();

    private static void Say(HeavyMessage message)
    {
        var line = JsonSerializer.Serialize(message, HeavyMessage.Json);
        lock (Output)
        {
            Console.Out.WriteLine(line);
            Console.Out.Flush();
        }
    }

    // A service that is killed cannot end its children; the end of its side of the pipe can.
    private static void DieWithTheService()
    {
        var watch = new Thread(() =>
        {
            while (Console.In.ReadLine() is not null)
            {
                // Nothing more is said.
            }
            Process.GetCurrentProcess().Kill();
        })
        {
            IsBackground = true,
            Name = "end with the service",
        };
        watch.Start();
    }
}
