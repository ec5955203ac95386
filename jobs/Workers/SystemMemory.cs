using System.Globalization;

namespace ConvLstm.Nowcast.Jobs.Workers;

/// <summary>What memory the machine has to spare, https://man7.org/linux/man-pages/man5/proc_meminfo.5.html.</summary>
internal static class SystemMemory
{
    private const string Source = "/proc/meminfo";

    /// <summary>True where over half of it can be had; false where the system does not say.</summary>
    internal static bool IsPlenty() => File.Exists(Source) && IsPlenty(File.ReadAllLines(Source));

    /// <param name="meminfo">Its lines: a name, a colon and kilobytes.</param>
    internal static bool IsPlenty(IReadOnlyList<string> meminfo) =>
        Kilobytes(meminfo, "MemAvailable:") > Kilobytes(meminfo, "MemTotal:") / 2;

    /// <returns>Null where there is no such line.</returns>
    private static long? Kilobytes(IReadOnlyList<string> meminfo, string name) =>
        meminfo.FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal)) is { } line
        && long.TryParse(line[name.Length..].Replace("kB", "", StringComparison.Ordinal), NumberStyles.Integer,
            CultureInfo.InvariantCulture, out var kilobytes) ? kilobytes : null;
}
