using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using ConvLstm.Nowcast.Ingest;

namespace ConvLstm.Nowcast.Jobs.ChildProcesses;

/// <summary>
/// A child process of this program, as the program sees it: how it is started, asked and ended. What it does to itself costs one answer and
/// not the program. In it: <see cref="ParentProgram"/>.
/// </summary>
internal sealed class ChildProcess : IDisposable, IAsyncDisposable
{
    /// <summary>How it ended where somebody else sent it SIGKILL, which says nothing of what it was asked (<see cref="Reason"/>).</summary>
    internal const string Killed = "killed";

    private static readonly TimeSpan TimeToEnd = TimeSpan.FromSeconds(5), TimeToEndByItself = TimeSpan.FromSeconds(1);

    // A child may print without end and without lines.
    private const int CharactersKept = 2000;

    private readonly Process _process;
    private readonly MessageStream _messages;
    private readonly Task _printing;
    private string _printed = "";
    private volatile bool _isOver, _wasEnded;

    /// <param name="program">The program with its arguments.</param>
    /// <param name="setEnvironment">Changes the environment, which is that of this program.</param>
    /// <exception cref="ReportedException">It cannot be started.</exception>
    internal ChildProcess(IReadOnlyList<string> program, Action<IDictionary<string, string?>> setEnvironment)
    {
        var start = new ProcessStartInfo(program[0], program.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        setEnvironment(start.Environment);
        try
        {
            _process = Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new ReportedException($"{program[0]} cannot be started ({e.Message}).", e);
        }
        _messages = new(_process.StandardOutput.BaseStream, _process.StandardInput.BaseStream);
        _printing = KeepLastPrintedAsync(_process.StandardError);
    }

    internal int Id => _process.Id;

    internal bool IsAlive => !_isOver && !_process.HasExited;

    /// <summary>This program with a verb; under the host "dotnet" where it has no executable of its own.</summary>
    internal static IReadOnlyList<string> ThisProgram(string verb)
    {
        // Beside this assembly, also where a test runner is the process.
        var host = Path.Combine(AppContext.BaseDirectory, "nowcast");
        return File.Exists(host) ? [host, verb] : ["dotnet", typeof(ChildProcess).Assembly.Location, verb];
    }

    /// <summary>Waits for the word of a child that says when it is ready; false where it ended before.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled, which ends the process.</exception>
    internal bool WaitUntilReady(CancellationToken cancellation) => Exchange(null, null, cancellation) is not null;

    /// <summary>Asks and waits for the answer, wherever the child hangs until it is killed.</summary>
    /// <param name="request">The question.</param>
    /// <param name="note">Told of all notes before the answer, one after the other; where null, none is expected.</param>
    /// <param name="cancellation">Kills the child.</param>
    /// <returns>The answer; null where the child has ended, or was killed.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled, which ends the process.</exception>
    internal Message? Ask(Message request, Action<Message>? note, CancellationToken cancellation) => Exchange(request, note, cancellation);

    /// <summary>Lowers its priority.</summary>
    internal void LetOthersFirst()
    {
        try
        {
            _process.PriorityClass = ProcessPriorityClass.BelowNormal;
        }
        catch (InvalidOperationException)
        {
            // It has ended already; that is noticed elsewhere.
        }
        catch (Win32Exception)
        {
            // This program itself was started with a lower priority than that, which a user may not raise: the child lets others first too.
        }
    }

    /// <summary>Kills it; what it says is not to be believed any more.</summary>
    internal void Kill()
    {
        _isOver = true;
        try
        {
            _wasEnded |= !_process.HasExited;
            _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself meanwhile.
        }
    }

    /// <summary>
    /// Ends it and says how it ended, for a person. One whose pipe broke is about to end by itself, one that answers nonsense or nothing is
    /// not.
    /// </summary>
    internal string Reason()
    {
        _process.WaitForExit(TimeToEndByItself);
        Kill();
        return !_process.WaitForExit(TimeToEnd) ? "it does not end" : _process.ExitCode switch
        {
            137 when _wasEnded => "it did not answer as it should",
            134 => "aborted",
            137 => Killed,
            139 => "memory fault",
            var code => string.Create(CultureInfo.InvariantCulture, $"exit status {code}"),
        };
    }

    /// <summary>The last lines that one that has ended had printed to its errors.</summary>
    internal async Task<IReadOnlyList<string>> LastPrintedAsync(int lines)
    {
        await _printing;
        return [.. _printed.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).TakeLast(lines)];
    }

    public void Dispose()
    {
        Kill();
        // Killed processes end at once.
        _process.WaitForExit(TimeToEnd);
        Close();
    }

    /// <summary>The same for one whose memory may take the kernel a while.</summary>
    public async ValueTask DisposeAsync()
    {
        Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        Close();
    }

    private void Close()
    {
        _process.StandardInput.Dispose();
        _process.StandardOutput.Dispose();
        _process.Dispose();
    }

    private Message? Exchange(Message? request, Action<Message>? note, CancellationToken cancellation)
    {
        Message? answer = null;
        using (cancellation.Register(Kill))
        {
            try
            {
                if (request is { } question)
                    _messages.Write(question);
                while ((answer = _messages.Read()) is { Answer: AnswerKind.Note } said && note is not null)
                    note(said);
            }
            catch (IOException)
            {
                // The pipe broke: the child is gone, as when it ends its output.
            }
        }
        cancellation.ThrowIfCancellationRequested();
        _isOver |= answer is null;
        return answer;
    }

    private async Task KeepLastPrintedAsync(StreamReader errors)
    {
        using var end = errors;
        var buffer = new char[CharactersKept];
        for (int read; (read = await errors.ReadAsync(buffer)) > 0;)
        {
            _printed += new string(buffer, 0, read);
            if (_printed.Length > CharactersKept)
                _printed = _printed[^CharactersKept..];
        }
    }
}
