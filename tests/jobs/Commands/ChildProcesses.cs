using System.Globalization;

namespace ConvLstm.Nowcast.Tests.Jobs.Commands;

/// <summary>What the kernel says of a process that a test has started.</summary>
internal static class ChildProcesses
{
    /// <summary>Those that it has started and that have not ended.</summary>
    internal static IEnumerable<int> Of(int process) => Directory.Exists($"/proc/{process}/task")
        ? Directory.GetDirectories($"/proc/{process}/task").SelectMany(thread => Text($"{thread}/children")
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)).Select(id => int.Parse(id, CultureInfo.InvariantCulture))
        : [];

    /// <summary>A file of /proc; empty where the process is gone.</summary>
    internal static string Text(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
