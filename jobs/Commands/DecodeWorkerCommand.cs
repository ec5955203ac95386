using System.CommandLine;
using ConvLstm.Nowcast.Jobs.Feed;

namespace ConvLstm.Nowcast.Jobs.Commands;

/// <summary><c>nowcast decode-worker BYTES</c>, which the program starts itself: reads radar files for <c>ingest</c>, in so much memory.</summary>
internal static class DecodeWorkerCommand
{
    internal static Command Create()
    {
        var memory = new Argument<string>("BYTES");
        var command = new Command(DecoderProcess.Verb) { memory };
        command.Hidden = true;
        command.SetAction(async (parsed, cancellation) =>
        {
            await DecoderWorker.RunAsync(parsed.GetRequiredValue(memory), cancellation);
            return CommandLine.Done;
        });
        return command;
    }
}
