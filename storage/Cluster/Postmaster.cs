using System.Globalization;

namespace ConvLstm.Nowcast.Storage.Cluster;

/// <summary>
/// What postmaster.pid says about the server of a data folder.
/// https://www.postgresql.org/docs/current/storage-file-layout.html; lines: pid, data folder, start time, port,
/// first socket folder, listen address, shared memory key, status.
/// </summary>
/// <param name="ProcessId">Its process.</param>
/// <param name="Port">Names the socket file too.</param>
/// <param name="SocketFolder">Empty before the socket is there.</param>
internal sealed record Postmaster(int ProcessId, int Port, string SocketFolder)
{
    /// <summary>
    /// The running server of the data folder; null where none runs. A file that a crash left behind does not count,
    /// even when another process has got the same number since (usual after a container is started again).
    /// </summary>
    public static Postmaster? Running(string dataFolder)
    {
        var file = FileOf(dataFolder);
        if (!File.Exists(file))
            return null;
        var lines = File.ReadAllLines(file);
        if (lines.Length == 0 || !int.TryParse(lines[0], NumberStyles.Integer, CultureInfo.InvariantCulture, out var id))
            return null;
        var port = lines.Length > 3 && int.TryParse(lines[3], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
            : 5432;
        return IsServerOf(Math.Abs(id), dataFolder) ? new Postmaster(Math.Abs(id), port, lines.Length > 4 ? lines[4] : "") : null;
    }

    public static string FileOf(string dataFolder) => Path.Combine(dataFolder, "postmaster.pid");

    private static bool IsServerOf(int processId, string dataFolder)
    {
        try
        {
            // Everybody may read the command line; it holds -D and the folder, separated by zeros.
            var words = File.ReadAllText($"/proc/{processId.ToString(CultureInfo.InvariantCulture)}/cmdline").Split('\0');
            return Path.GetFileName(words[0]) is "postgres" or "postmaster" && words.Contains(dataFolder);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
