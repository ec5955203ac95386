using System.Text.Json;
using ConvLstm.Nowcast.Jobs.ChildProcesses;

namespace ConvLstm.Nowcast.Jobs.Workers;

/// <summary>What a worker process shall do; over its standard input, as it holds the password of the database.</summary>
/// <param name="Work">Which work.</param>
/// <param name="Database">The connection string.</param>
/// <param name="Now">The time of the service.</param>
/// <param name="MemoryLimit">In bytes; 0 for none.</param>
/// <param name="Options">Of the work.</param>
internal sealed record WorkerRequest(string Work, string Database, DateTimeOffset Now, long MemoryLimit, JsonElement Options)
{
    internal static WorkerRequest Of<T>(string work, string database, DateTimeOffset now, int memoryMB, T options) =>
        new(work, database, now, (long)memoryMB << 20, WorkerMessage.DataOf(options));

    internal Message ToMessage() => new(default, JsonSerializer.SerializeToUtf8Bytes(this, WorkerMessage.Json));

    internal static WorkerRequest Read(Message message) => JsonSerializer.Deserialize<WorkerRequest>(message.Body, WorkerMessage.Json)!;
}
