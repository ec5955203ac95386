namespace ConvLstm.Nowcast.Storage.Cluster;

/// <summary>Where the private PostgreSQL cluster lives and who may reach it.</summary>
public sealed record ClusterOptions
{
    /// <summary>Settings, data, socket and lock of one cluster; made where it is missing.</summary>
    public string Folder { get; init; } = DefaultFolder;

    /// <summary>
    /// False gives up the promise that a published run survives a power cut (fsync off): for tests and throw-away
    /// clusters only.
    /// </summary>
    public bool Durable { get; init; } = true;

    /// <summary>
    /// Also listen on 127.0.0.1 (and only there), for programs of other users of this machine. They log in with a
    /// password (SCRAM); no role has one until an administrator sets it. Null: no TCP at all. 0: any free port.
    /// Holds from the next start of the cluster.
    /// </summary>
    public int? LoopbackPort { get; init; }

    /// <summary>How long a start may take, crash recovery included.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>The folder for PostgreSQL's data of a program started by root, else a folder of the user's own.</summary>
    public static string DefaultFolder => Environment.IsPrivilegedProcess
        ? "/var/lib/convlstm-nowcast"
        : Path.Combine(
            Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify),
            "convlstm-nowcast");
}
