using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Jobs.Commands;

/// <summary>The program on a pseudo-terminal, which script(1) makes: what it shows there, and keys that are typed.</summary>
internal sealed class CliOnTerminal(Process process) : IDisposable
{
    // On a machine of many tests; a program that does not hear its keys would be waited for until its work is done.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    /// <summary>What is shown until some text is there.</summary>
    internal Task<string> ReadUntilAsync(string text, CancellationToken cancellation) =>
        ReadUntilAsync(new Regex(Regex.Escape(text)), cancellation);

    /// <summary>What is shown until a pattern is there: a bar that is drawn some times a second leaves out what is over sooner.</summary>
    internal async Task<string> ReadUntilAsync(Regex text, CancellationToken cancellation)
    {
        var shown = new StringBuilder();
        var buffer = new char[4096];
        while (!text.IsMatch(shown.ToString()))
        {
            var count = await process.StandardOutput.ReadAsync(buffer, cancellation).AsTask().WaitAsync(Longest, cancellation);
            Assert.True(count > 0, $"the program ended before it showed '{text}': {shown}");
            shown.Append(buffer, 0, count);
        }
        return shown.ToString();
    }

    internal async Task TypeAsync(string keys)
    {
        await process.StandardInput.WriteAsync(keys);
        await process.StandardInput.FlushAsync();
    }

    /// <summary>The exit status, and what was shown meanwhile.</summary>
    internal async Task<(int ExitCode, string Shown)> EndAsync(CancellationToken cancellation)
    {
        var shown = await process.StandardOutput.ReadToEndAsync(cancellation).WaitAsync(Longest, cancellation);
        await process.WaitForExitAsync(cancellation);
        return (process.ExitCode, shown);
    }

    public void Dispose()
    {
        process.Kill(entireProcessTree: true);
        process.Dispose();
    }
}
