using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ConvLstm.Nowcast.Storage.Cluster;

/// <summary>
/// The settings of the private cluster, written anew at each start.
/// Who can connect: through the socket only the system user that runs PostgreSQL, root and the user who started the
/// program, as the kernel names them (peer authentication), in a folder that only they can enter. Over the optional
/// loopback port whoever knows a password; no role has one at first.
/// </summary>
internal static class ClusterSettings
{
    /// <summary>The database role that owns everything.</summary>
    public const string Owner = "nowcast";

    public static async Task WriteAsync(
        ClusterFolders folders, ClusterOptions options, PostgresBinaries binaries, ClusterUser user, string socket,
        CancellationToken cancellation)
    {
        var port = options.LoopbackPort is null or > 0 ? options.LoopbackPort : FreePort();
        await Write("postgresql.conf", Server(options, binaries, socket, port)).ConfigureAwait(false);
        await Write("pg_hba.conf", WhoMayConnect(port is not null)).ConfigureAwait(false);
        await Write("pg_ident.conf", WhoIsWho(user)).ConfigureAwait(false);

        async Task Write(string name, string text)
        {
            var path = Path.Combine(folders.Settings, name);
            await File.WriteAllTextAsync(path, text, cancellation).ConfigureAwait(false);
            // Whatever the umask of who started us: PostgreSQL's user must read it, and there is no secret in it.
            await OsCommand.RunAsync("chmod", ["0644", path], cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>The command line that makes the server read these files.</summary>
    public static string ServerArguments(ClusterFolders folders) => string.Join(' ',
        new[] { ("config_file", "postgresql.conf"), ("hba_file", "pg_hba.conf"), ("ident_file", "pg_ident.conf") }
            .Select(pair => $"-c {pair.Item1}='{Quoted(Path.Combine(folders.Settings, pair.Item2))}'"));

    private static string Quoted(string path) => path.Replace("'", "'\\''", StringComparison.Ordinal);

    private static string Server(ClusterOptions options, PostgresBinaries binaries, string socket, int? port)
    {
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 20;
        var text = new StringBuilder()
            .AppendLine("# Written by the program at each start of its private cluster; changes here are lost.")
            .AppendLine(Invariant($"listen_addresses = '{(port is null ? "" : "127.0.0.1")}'"))
            .AppendLine(Invariant($"port = {port ?? 5432}"))
            .AppendLine(Invariant($"unix_socket_directories = '{socket.Replace("'", "''", StringComparison.Ordinal)}'"))
            .AppendLine("unix_socket_permissions = 0700")
            .AppendLine("password_encryption = 'scram-sha-256'")
            .AppendLine("max_connections = 60")
            // Whoever reads, the service and who administers it find a connection.
            .AppendLine("superuser_reserved_connections = 25")
            .AppendLine(Invariant($"shared_buffers = {Math.Clamp(memory / 8, 64, 1024)}MB"))
            .AppendLine(Invariant($"effective_cache_size = {Math.Clamp(memory / 2, 256, 16384)}MB"))
            .AppendLine("work_mem = 16MB")
            .AppendLine("maintenance_work_mem = 128MB")
            // A run is tens of megabytes at once: room to write it without a checkpoint in the middle.
            .AppendLine("max_wal_size = 2GB")
            .AppendLine("checkpoint_timeout = 15min")
            .AppendLine("wal_compression = on")
            // A run streams into the log while it is written, so that its commit waits for the last of it only.
            .AppendLine("wal_writer_delay = 20ms")
            .AppendLine("random_page_cost = 1.1")
            // The questions are short look-ups: spreading them over workers costs more than it saves.
            .AppendLine("max_parallel_workers_per_gather = 0")
            .AppendLine("log_destination = 'stderr'")
            .AppendLine("logging_collector = on")
            .AppendLine("log_directory = 'log'")
            // A week of logs, each day over that of the week before.
            .AppendLine("log_filename = 'postgresql-%a.log'")
            .AppendLine("log_rotation_age = 1d")
            .AppendLine("log_truncate_on_rotation = on")
            .AppendLine("log_line_prefix = '%m [%p] %u '")
            .AppendLine("timezone = 'UTC'")
            .AppendLine("log_timezone = 'UTC'")
            .AppendLine("datestyle = 'iso, ymd'")
            .AppendLine("lc_messages = 'C.UTF-8'")
            .AppendLine("cluster_name = 'convlstm-nowcast'");
        if (binaries.PreloadableLibraries() is { Count: > 0 } libraries)
            text.AppendLine(Invariant($"shared_preload_libraries = '{string.Join(',', libraries)}'"));
        if (!options.Durable)
            text.AppendLine("fsync = off").AppendLine("synchronous_commit = off").AppendLine("full_page_writes = off");
        return text.ToString();
    }

    private static string WhoMayConnect(bool loopback)
    {
        var text = "local all all peer map=nowcast\n";
        return loopback ? text + "host all all 127.0.0.1/32 scram-sha-256\n" : text;
    }

    private static string WhoIsWho(ClusterUser user)
    {
        var text = new StringBuilder();
        foreach (var system in new HashSet<string> { user.Name, Environment.UserName, "root" })
        {
            foreach (var role in new[] { Owner, "nowcast_writer", "nowcast_reader" })
                text.AppendLine(Invariant($"nowcast \"{system}\" {role}"));
        }
        return text.ToString();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
