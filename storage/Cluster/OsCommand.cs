using System.Diagnostics;

namespace ConvLstm.Nowcast.Storage.Cluster;

/// <summary>Runs a program to its end and keeps what it said.</summary>
internal static class OsCommand
{
    /// <param name="ExitCode">0 when it did its work.</param>
    /// <param name="Output">Standard output and standard error, one after the other.</param>
    public readonly record struct Result(int ExitCode, string Output);

    public static async Task<Result> RunAsync(
        string program, IEnumerable<string> arguments, CancellationToken cancellation)
    {
        using var process = Process.Start(Info(program, arguments))!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellation);
            var errors = process.StandardError.ReadToEndAsync(cancellation);
            await process.WaitForExitAsync(cancellation).ConfigureAwait(false);
            return new Result(
                process.ExitCode,
                await output.ConfigureAwait(false) + await errors.ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    /// <summary>The first line that a quick program prints, or null where it fails.</summary>
    public static string? ReadLine(string program, params string[] arguments)
    {
        using var process = Process.Start(Info(program, arguments))!;
        var line = process.StandardOutput.ReadLine();
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? line : null;
    }

    private static ProcessStartInfo Info(string program, IEnumerable<string> arguments)
    {
        var info = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            // An unprivileged program cannot stand in a folder that it may not enter.
            WorkingDirectory = "/",
        };
        // The messages are read by people and by the code: in English, whoever starts it.
        info.Environment["LC_ALL"] = "C.UTF-8";
        // A setting meant for psql must not send initdb or pg_ctl elsewhere.
        foreach (var name in info.Environment.Keys.Where(key => key.StartsWith("PG", StringComparison.Ordinal)).ToList())
            info.Environment.Remove(name);
        return info;
    }
}
