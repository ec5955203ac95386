using System.Text;
using ConvLstm.Nowcast.Ingest;

namespace ConvLstm.Nowcast.Storage.Cluster;

/// <summary>
/// What lies where in the folder of a cluster. The folder and the settings belong to whoever started the program; only
/// the data and the socket belong to the user that runs PostgreSQL, so that root never writes where that user could
/// have laid a link.
/// </summary>
internal sealed record ClusterFolders(string Root)
{
    /// <summary>sun_path of struct sockaddr_un is 108 bytes with its closing zero (Linux, unix(7)).</summary>
    private const int LongestSocketPath = 107;
    private const string SocketFile = "/.s.PGSQL.65535";

    public string Data => Path.Combine(Root, "data");
    public string HalfMadeData => Path.Combine(Root, "data.new");
    public string Settings => Path.Combine(Root, "settings");
    public string Lock => Path.Combine(Root, "lock");
    public string StartLog => Path.Combine(Data, "start.log");
    private string SocketElsewhere => Path.Combine(Root, "socket-folder");

    /// <summary>Makes the root; everybody may pass through it, so that PostgreSQL's user reaches its data.</summary>
    public async Task MakeRootAsync(ClusterUser user, CancellationToken cancellation)
    {
        foreach (var folder in new[] { Root, Settings })
        {
            if (Directory.Exists(folder))
                continue;
            var made = await OsCommand.RunAsync("install", ["-d", "-m", user.IsMe ? "0700" : "0755", folder], cancellation)
                .ConfigureAwait(false);
            if (made.ExitCode != 0)
                throw new ReportedException($"The folder {folder} for the private database cannot be made: {made.Output.Trim()}");
        }
    }

    /// <summary>The folder of the socket: in the root, or, where that path is too long for a socket, a new one in /tmp.</summary>
    public async Task<string> MakeSocketFolderAsync(ClusterUser user, CancellationToken cancellation)
    {
        var inside = Path.Combine(Root, "socket");
        if (Encoding.UTF8.GetByteCount(inside + SocketFile) > LongestSocketPath)
            inside = File.Exists(SocketElsewhere) ? await File.ReadAllTextAsync(SocketElsewhere, cancellation).ConfigureAwait(false) : "";
        if (inside.Length == 0 || (!inside.StartsWith(Root, StringComparison.Ordinal) && !Directory.Exists(inside)))
        {
            // A random name that nobody can have taken before us; the file in the root says which it was.
            inside = Directory.CreateTempSubdirectory("nowcast-").FullName;
            await File.WriteAllTextAsync(SocketElsewhere, inside, cancellation).ConfigureAwait(false);
        }
        await user.MakePrivateFolderAsync(inside, cancellation).ConfigureAwait(false);
        return inside;
    }

    /// <summary>The version of the data, null where there is none yet.</summary>
    public int? DataVersion()
    {
        var file = Path.Combine(Data, "PG_VERSION");
        return File.Exists(file) && int.TryParse(File.ReadAllText(file).Trim(), out var major) ? major : null;
    }
}
