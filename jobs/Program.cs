using System.Runtime.InteropServices;
using ConvLstm.Nowcast.Jobs.Commands;
using ConvLstm.Nowcast.Jobs.Feed;

// A decoder starts twice and reads what strangers send: it gets nothing of the command line but its own words.
if (args is [DecoderProcess.Verb, ..])
{
    // It ends with its questions: a signal to the whole group must not look like a file that ended it.
    using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => signal.Cancel = true);
    using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => signal.Cancel = true);
    DecoderWorker.Run(args);
    return CommandLine.Done;
}
return await CommandLine.RunAsync(args, Terminal.OfProcess());
