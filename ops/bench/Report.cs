using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace ConvLstm.Nowcast.Bench;

/// <summary>A table for people, JSON for programs.</summary>
internal static class Report
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    internal static void Print(BenchmarkOptions options, IReadOnlyList<BenchmarkRow> rows)
    {
        var width = rows.Max(r => r.What.Length);
        Console.WriteLine($"{"".PadRight(width)} {"ours",10} {"peer",10} {"unit",-8} {"ratio",6} {"spread",13} {"aim",5}");
        foreach (var r in rows)
            Console.WriteLine($"{r.What.PadRight(width)} {Number(r.Ours),10} {Number(r.Peer),10} {r.Unit,-8} {Ratio(r.Ratio),6} "
                + $"{Spread(r),13} {Ratio(r.Aim),5}");
        if (options.Json is null)
            return;
        File.WriteAllText(options.Json,
            JsonSerializer.Serialize(new { benchmark = options.Name, machine = Machine(), commit = Commit(), rows }, Json));
    }

    private static string Machine()
    {
        var model = File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1]
            .Trim();
        var load = File.ReadAllText("/proc/loadavg").Split(' ')[0];
        return $"{model ?? "unknown processor"}, {Environment.ProcessorCount} processors, {get_num_threads()} threads used, load {load} at "
            + "the end";
    }

    private static string Commit()
    {
        using var git = Process.Start(new ProcessStartInfo("git", ["-C", AppContext.BaseDirectory, "describe", "--always",
            "--dirty"])
        { RedirectStandardOutput = true, RedirectStandardError = true });
        var text = git?.StandardOutput.ReadToEnd().Trim();
        return string.IsNullOrEmpty(text) ? "unknown" : text;
    }

    private static string Number(double? value) => value?.ToString(value < 10 ? "0.0000" : "0.00", CultureInfo.InvariantCulture) ?? "";

    private static string Ratio(double? value) => value?.ToString("0.00", CultureInfo.InvariantCulture) ?? "";

    private static string Spread(BenchmarkRow r) => r.RatioMin is null ? "" : $"{Ratio(r.RatioMin)} – {Ratio(r.RatioMax)}";
}
