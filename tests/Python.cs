using System.Diagnostics;
using Xunit;

namespace ConvLstm.Nowcast.Tests;

/// <summary>Runs the reference scripts beside the tests with the Python of the distribution.</summary>
internal static class Python
{
    private const string Interpreter = "/usr/bin/python3";

    /// <summary>Skips the test where the interpreter or the module is not installed.</summary>
    internal static async Task<string> RunAsync(string module, string script, params string[] arguments)
    {
        if (!File.Exists(Interpreter) || (await StartAsync(["-c", $"import {module}"])).ExitCode != 0)
            Assert.Skip($"python3 with {module} is not installed: this comparison needs it.");
        var (code, output) = await StartAsync([Path.Combine(AppContext.BaseDirectory, script), .. arguments]);
        Assert.True(code == 0, output);
        return output;
    }

    private static async Task<(int ExitCode, string Output)> StartAsync(IReadOnlyList<string> arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(Interpreter, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output + await error);
    }
}
