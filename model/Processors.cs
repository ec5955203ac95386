namespace ConvLstm.Nowcast.Model;

/// <summary>What the kernel says of the processors.</summary>
internal static class Processors
{
    /// <summary>Cores that this process may use; hardware threads of one core count once.</summary>
    /// <param name="topology">https://docs.kernel.org/admin-guide/cputopology.html</param>
    internal static int PhysicalCores(string topology = "/sys/devices/system/cpu")
    {
        var siblings = Directory.Exists(topology)
            ? Directory.EnumerateDirectories(topology, "cpu*").Select(d => Path.Combine(d, "topology", "thread_siblings_list"))
                .Where(File.Exists).ToList()
            : [];
        var cores = siblings.Select(File.ReadAllText).Distinct(StringComparer.Ordinal).Count();
        if (cores == 0)
            return Environment.ProcessorCount;
        // ProcessorCount knows affinity and the limits of containers, in hardware threads.
        var perCore = (double)siblings.Count / cores;
        return Math.Clamp((int)Math.Ceiling(Environment.ProcessorCount / perCore), 1, cores);
    }
}
