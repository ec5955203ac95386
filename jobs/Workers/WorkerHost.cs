using System.Text.Json;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Jobs.ChildProcesses;
using ConvLstm.Nowcast.Model;
using ConvLstm.Nowcast.Storage;
using Npgsql;

namespace ConvLstm.Nowcast.Jobs.Workers;

/// <summary>What a worker process has at hand.</summary>
/// <param name="Database">Open.</param>
/// <param name="Options">Of the work.</param>
/// <param name="Time">The clock of the service.</param>
/// <param name="Report">Tells the service.</param>
internal sealed record WorkContext(NowcastDatabase Database, JsonElement Options, TimeProvider Time, Action<WorkerMessage> Report)
{
    internal T OptionsAs<T>() => Options.Deserialize<T>(WorkerMessage.Json)!;
}

/// <summary>One kind of work; returns its result.</summary>
internal delegate Task<WorkerMessage> WorkerTask(WorkContext context, CancellationToken cancellation);

/// <summary>The child process that does the work: one request after the other, until one fails or the service ends it.</summary>
internal sealed class WorkerHost : IAsyncDisposable
{
    private readonly ParentProgram _service = new();
    private readonly IReadOnlyDictionary<string, WorkerTask> _works;
    private readonly ShiftedTime _time = new(TimeProvider.System.GetUtcNow());
    private NowcastDatabase? _database;
    private string? _databaseName;

    private WorkerHost(IReadOnlyDictionary<string, WorkerTask> works) => _works = works;

    /// <param name="works">The work by name.</param>
    /// <param name="cancellation">Stops it.</param>
    internal static async Task RunAsync(IReadOnlyDictionary<string, WorkerTask> works, CancellationToken cancellation)
    {
        await using var worker = new WorkerHost(works);
        if (!worker._service.Listen())
            throw new ReportedException("job-worker is started by 'nowcast serve'; there is no request on its standard input.");
        var request = worker.NextRequest(cancellation);
        if (request.MemoryLimit > 0)
        {
            // Loads libtorch. One that runs out of memory while it is loaded leaves the loader locked, and all threads wait for ever.
            InitializeDeviceType(DeviceType.CPU);
            ProcessLimits.Apply(request.MemoryLimit);
        }
        for (; await worker.DoAsync(request, cancellation); request = worker.NextRequest(cancellation))
        {
            // Nobody waits now. Where memory is plenty the next run finds what this one used: pages that went back to the kernel would
            // have to be cleared again, which took as long as the forecast.
            if (SystemMemory.IsPlenty())
            {
                GC.Collect();
                continue;
            }
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive);
            TensorHeap.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_database is not null)
            await _database.DisposeAsync();
    }

    private WorkerRequest NextRequest(CancellationToken cancellation) => WorkerRequest.Read(_service.Next(cancellation));

    /// <returns>True where the work is done; else this process is of no use any more.</returns>
    private async Task<bool> DoAsync(WorkerRequest request, CancellationToken cancellation)
    {
        try
        {
            _time.Set(request.Now);
            var database = await DatabaseAsync(request.Database, cancellation);
            Report(await _works[request.Work](new WorkContext(database, request.Options, _time, Report), cancellation));
            return true;
        }
        catch (Exception e) when (e is ReportedException or NpgsqlException or OutOfMemoryException or IOException
            || TorchErrors.IsTorch(e))
        {
            var line = e is OutOfMemoryException || TorchErrors.IsOutOfMemory(e) ? $"out of memory: {FirstLine(e)}" : FirstLine(e);
            _service.Send(Message.Of(AnswerKind.Failed, w => w.Write(line)));
            return false;
        }
    }

    private async Task<NowcastDatabase> DatabaseAsync(string connection, CancellationToken cancellation)
    {
        if (_database is not null && _databaseName == connection)
        {
            // The server may have been started anew since.
            _database.DataSource.Clear();
            return _database;
        }
        await DisposeAsync();
        (_database, _databaseName) = (await NowcastDatabase.OpenAsync(connection, cancellation, time: _time), connection);
        return _database;
    }

    private static string FirstLine(Exception e) => e.Message.Split('\n', 2)[0].TrimEnd();

    private void Report(WorkerMessage message) => _service.Send(message.ToMessage());
}
