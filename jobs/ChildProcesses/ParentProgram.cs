using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ConvLstm.Nowcast.Jobs.ChildProcesses;

/// <summary>
/// The program that started this child process, as the child sees it: its requests one after the other, and answers to them. Its end is the
/// end of the child, whatever that is at.
/// </summary>
internal sealed partial class ParentProgram
{
    private const int Output = 1, Errors = 2;

    private readonly BlockingCollection<Message> _requests = [];
    private readonly MessageStream _messages = new(Console.OpenStandardInput(), TakeOutput());

    /// <summary>Waits for the first request; false where there is no program that asks.</summary>
    internal bool Listen()
    {
        if (_messages.Read() is not { } first)
            return false;
        _requests.Add(first);
        // A program that is killed cannot end its children; the end of its side of the pipe can.
        var listening = new Thread(() =>
        {
            while (_messages.Read() is { } request)
                _requests.Add(request);
            End();
        })
        {
            IsBackground = true,
            Name = "requests of the program",
        };
        listening.Start();
        return true;
    }

    /// <summary>The next request, when it has come.</summary>
    internal Message Next(CancellationToken cancellation = default) => _requests.Take(cancellation);

    /// <summary>From any thread.</summary>
    internal void Send(Message answer)
    {
        try
        {
            _messages.Write(answer);
        }
        catch (IOException)
        {
            // Nobody is there to hear it.
            End();
        }
    }

    private static void End() => Process.GetCurrentProcess().Kill();

    // What a library prints goes to the errors from here on: it would be read as a message.
    private static FileStream TakeOutput()
    {
        var answers = dup(Output);
        if (answers < 0 || dup2(Errors, Output) < 0)
            throw new InvalidOperationException($"dup failed with error {Marshal.GetLastPInvokeError()}.");
        return new(new SafeFileHandle(answers, ownsHandle: true), FileAccess.Write, bufferSize: 0);
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int dup(int descriptor);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int dup2(int from, int to);
}
