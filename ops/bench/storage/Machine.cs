namespace ConvLstm.Nowcast.Bench.Storage;

/// <summary>What else the machine does.</summary>
internal static class Machine
{
    /// <summary>
    /// Processes that run or wait to, mean of the last minute (https://man7.org/linux/man-pages/man5/proc_loadavg.5.html).
    /// </summary>
    internal static string Load() => File.ReadAllText("/proc/loadavg").Split(' ')[0];
}
