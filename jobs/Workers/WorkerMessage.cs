using System.Text.Json;
using System.Text.Json.Serialization;
using ConvLstm.Nowcast.Jobs.ChildProcesses;

namespace ConvLstm.Nowcast.Jobs.Workers;

/// <summary>What a worker process says, as JSON: its result is the answer, all others are notes on the way.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">What it is doing, or what it did.</param>
/// <param name="Fraction">How far it is, 0 to 1.</param>
/// <param name="Data">An outcome on the way, or the details of the result.</param>
internal sealed record WorkerMessage(WorkerMessage.Of Kind, string Text, double? Fraction = null, JsonElement? Data = null)
{
    /// <summary>Of a result: something went wrong on the way, and the process shall not be used again.</summary>
    public bool IsSpent { get; init; }

    internal enum Of
    {
        Progress,
        Log,

        /// <summary>Something is done, whatever becomes of the rest.</summary>
        Partial,
        Result,
    }

    internal static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web)
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter() },
    };

    internal Message ToMessage() =>
        new((byte)(Kind == Of.Result ? AnswerKind.Done : AnswerKind.Note), JsonSerializer.SerializeToUtf8Bytes(this, Json));

    internal static WorkerMessage Read(Message message) => JsonSerializer.Deserialize<WorkerMessage>(message.Body, Json)!;

    internal static JsonElement DataOf<T>(T value) => JsonSerializer.SerializeToElement(value, Json);
}
