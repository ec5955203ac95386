using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using ConvLstm.Nowcast.Ingest;

namespace ConvLstm.Nowcast.Bench.Api;

/// <summary>What one run of wrk measured.</summary>
/// <param name="PerSecond">Answers a second.</param>
/// <param name="MedianMs">Of the time to an answer.</param>
/// <param name="P99Ms">Of the time to an answer.</param>
/// <param name="Errors">Answers other than 2xx and 3xx, and connections that failed.</param>
internal sealed record WrkResult(double PerSecond, double MedianMs, double P99Ms, long Errors);

/// <summary>
/// The load generator wrk of the distribution: one thread that keeps many connections busy, so that it takes little of the machine.
/// </summary>
internal static partial class Wrk
{
    /// <exception cref="ReportedException">wrk is not installed, or it failed.</exception>
    internal static async Task<WrkResult> RunAsync(int connections, int seconds, string script, string address, params string[] arguments)
    {
        if (!File.Exists("/usr/bin/wrk"))
            throw new ReportedException("wrk is not installed: apt-get install wrk.");
        using var process = Process.Start(new ProcessStartInfo("wrk",
        [
            "-t", "1", "-c", $"{connections}", "-d", $"{seconds}s", "--latency", "--timeout", "5s", "-s",
            Path.Combine(AppContext.BaseDirectory, script), address, "--", .. arguments,
        ])
        { RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0 || !Rate().IsMatch(output))
            throw new ReportedException($"wrk failed: {output}");
        return new(
            double.Parse(Rate().Match(output).Groups[1].Value, CultureInfo.InvariantCulture), Milliseconds(output, "50%"),
            Milliseconds(output, "99%"),
            Numbers().Matches(SocketErrors().Match(output).Value + NotOk().Match(output).Value)
                .Sum(number => long.Parse(number.Value, CultureInfo.InvariantCulture)));
    }

    /// <summary>A line of the latency distribution, such as "99%   12.34ms".</summary>
    private static double Milliseconds(string output, string share)
    {
        var match = Regex.Match(output, $@"^\s+{share}\s+([\d.]+)(us|ms|s)", RegexOptions.Multiline);
        var factor = match.Groups[2].Value switch { "us" => 1e-3, "ms" => 1, _ => 1e3 };
        return factor * double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"Requests/sec:\s+([\d.]+)")]
    private static partial Regex Rate();

    [GeneratedRegex(@"Socket errors:[^\n]*\n")]
    private static partial Regex SocketErrors();

    /// <summary>Its text holds no other number than "2xx or 3xx", which is cut off.</summary>
    [GeneratedRegex(@"(?<=Non-2xx or 3xx responses: )\d+")]
    private static partial Regex NotOk();

    [GeneratedRegex(@"\d+")]
    private static partial Regex Numbers();
}
