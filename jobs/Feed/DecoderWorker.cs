using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Formats;
using ConvLstm.Nowcast.Jobs.Feed.Confinement;

namespace ConvLstm.Nowcast.Jobs.Feed;

/// <summary>
/// The child process that reads untrusted files for the service: one file at a time, asked over the standard input. Whatever a
/// damaged file does to the C libraries ends this process and nothing else.
/// </summary>
internal sealed class DecoderWorker(Stream questions, Stream answers)
{
    private readonly MessageBuffer _answer = new();

    /// <summary>The second argument of a decoder that has been started anew in its confinement.</summary>
    internal const string Confined = "confined";

    /// <param name="arguments">The verb, the memory in bytes, and <see cref="Confined"/> the second time.</param>
    /// <param name="cancellation">Stops it.</param>
    internal static async Task RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        if (arguments is [_, var memoryLimit])
        {
            ProcessLimits.Apply(long.Parse(memoryLimit, CultureInfo.InvariantCulture));
            ConfinedProcess.Restart([.. arguments, Confined]);
        }
        await new DecoderWorker(Console.OpenStandardInput(), Console.OpenStandardOutput()).ServeAsync(cancellation);
    }

    /// <summary>Says that it is ready, then answers until the service closes its end.</summary>
    internal async Task ServeAsync(CancellationToken cancellation)
    {
        RadarFile? file = null;
        var buffer = new MessageBuffer();
        try
        {
            await DecoderProtocol.WriteAsync(answers, DecoderProtocol.Message((byte)DecoderProtocol.Answer.Done), cancellation);
            while (await DecoderProtocol.ReadAsync(questions, buffer, cancellation) is { } question)
            {
                using var body = DecoderProtocol.Body(question);
                // A service that dies while a file hangs the library cannot end this process any more.
                using var watchdog = new Timer(_ => Environment.FailFast("The file took far too long."), null, TimeSpan.FromMinutes(2),
                    Timeout.InfiniteTimeSpan);
                try
                {
                    if (question[0] == (byte)DecoderProtocol.Question.Open)
                    {
                        file?.Dispose();
                        file = null;
                        file = RadarFormats.Open(body.ReadString(), body.ReadString(),
                            JsonSerializer.Deserialize<RadarReadOptions>(body.ReadString()));
                        await AnswerAsync(new DecodedContents(file.Format, file.Grid, file.ValidTimes, file.Leads, file.Notes),
                            cancellation);
                    }
                    else
                    {
                        await AnswerAsync(file!, body.ReadInt32(), cancellation);
                    }
                }
                catch (ReportedException e)
                {
                    var kind = e is TemporarySpaceFullException ? DecoderProtocol.Answer.NotNow : DecoderProtocol.Answer.Unusable;
                    await DecoderProtocol.WriteAsync(answers, DecoderProtocol.Message((byte)kind, w => w.Write(e.Message)), cancellation);
                }
            }
        }
        finally
        {
            file?.Dispose();
        }
    }

    private Task AnswerAsync(DecodedContents contents, CancellationToken cancellation) => DecoderProtocol.WriteAsync(
        answers, DecoderProtocol.Message((byte)DecoderProtocol.Answer.Done, w => DecoderProtocol.Write(w, contents)), cancellation);

    // The pixels go from the file's chunk straight to where the message holds them.
    private Task AnswerAsync(RadarFile file, int scan, CancellationToken cancellation)
    {
        // Behind the byte that says what it is; a multiple of the size of a float is not needed on the machines this runs on.
        var message = _answer.Take(1 + (sizeof(float) * file.Grid.PixelCount));
        message[0] = (byte)DecoderProtocol.Answer.Done;
        file.Read(scan, MemoryMarshal.Cast<byte, float>(message.AsSpan(1)));
        return DecoderProtocol.WriteAsync(answers, message, cancellation);
    }
}
