using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Jobs.Commands;

/// <summary>What the program did.</summary>
internal sealed record Outcome(int ExitCode, string Out, string Error)
{
    internal string[] ErrorLines => Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>The program <c>nowcast</c> as people run it: a process with its own folder and settings.</summary>
internal sealed class Cli
{
    private readonly Dictionary<string, string> _settings = [];

    private Cli(string folder) => Folder = folder;

    /// <summary>A database that nobody answers for: no test shall touch the private cluster of the machine.</summary>
    internal static string StoppedDatabase { get; } = $"Host=127.0.0.1;Port={ClosedPort()};Username=nobody;Database=none";

    /// <summary>Where relative paths begin.</summary>
    internal string Folder { get; }

    internal static Cli In(TemporaryFolder folder, string? database = null) => In(folder.Path, database);

    internal static Cli In(string folder, string? database = null) => new Cli(folder).With("NOWCAST_DB", database ?? StoppedDatabase);

    internal Cli With(string name, string value)
    {
        _settings[name] = value;
        return this;
    }

    /// <summary>Starts the program and does not wait for it.</summary>
    internal Process Start(params IEnumerable<string> arguments) => Start(Program, arguments, typing: false);

    /// <summary>
    /// Starts the program on a terminal; -e passes its exit status on. Tests that run in the background (nohup, CI) ignore Ctrl-C, and so
    /// would it. It takes the place of the shell that script(1) starts: a shell that waits (dash does, bash does not) would end at Ctrl-C
    /// before the program.
    /// </summary>
    internal CliOnTerminal OnTerminal(params IEnumerable<string> arguments)
    {
        var line = "exec " + string.Join(' ', arguments.Prepend(Program).Select(argument => $"'{argument}'"));
        return new(Start("env", ["--default-signal=INT", "script", "-qfec", line, "/dev/null"], typing: true));
    }

    private static string Program => Path.Combine(AppContext.BaseDirectory, "nowcast");

    private Process Start(string program, IEnumerable<string> arguments, bool typing)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = typing,
            WorkingDirectory = Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(n => n.StartsWith("NOWCAST_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        // Several programs at once: each with threads for the whole machine would only wait for each other.
        start.Environment["OMP_NUM_THREADS"] = "1";
        // A server that a test kills would leave its pipes and its socket for debuggers in the temporary folder.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        foreach (var (name, value) in _settings)
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    internal async Task<Outcome> RunAsync(params IEnumerable<string> arguments)
    {
        using var process = Start(arguments);
        return await EndOfAsync(process);
    }

    /// <summary>Runs the program and fails the test where it does not do its work.</summary>
    internal async Task<string> DoAsync(params IEnumerable<string> arguments)
    {
        var outcome = await RunAsync(arguments);
        Assert.True(outcome.ExitCode == 0, $"{string.Join(' ', arguments)}: exit {outcome.ExitCode}: {outcome.Error}");
        Assert.Empty(outcome.Error);
        return outcome.Out;
    }

    /// <summary>Runs the program, which shall fail with one line that a person can read; returns the line.</summary>
    internal async Task<string> FailAsync(int exitCode, params IEnumerable<string> arguments)
    {
        var outcome = await RunAsync(arguments);
        Assert.True(outcome.ExitCode == exitCode,
            $"{string.Join(' ', arguments)}: exit {outcome.ExitCode}, not {exitCode}: {outcome.Error}");
        var line = Assert.Single(outcome.ErrorLines);
        Assert.StartsWith("nowcast: ", line, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", line, StringComparison.Ordinal);
        return line;
    }

    internal static async Task<Outcome> EndOfAsync(Process process)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var output = process.StandardOutput.ReadToEndAsync(cancellation);
        var error = process.StandardError.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        return new(process.ExitCode, await output, await error);
    }

    /// <summary>Reads on and forgets it: a server whose pipe is full would wait for a reader.</summary>
    internal static void Forget(Process process)
    {
        _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
        _ = process.StandardError.BaseStream.CopyToAsync(Stream.Null);
    }

    private static int ClosedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
