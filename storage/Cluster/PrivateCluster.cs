using ConvLstm.Nowcast.Ingest;
using Npgsql;

namespace ConvLstm.Nowcast.Storage.Cluster;

/// <summary>
/// A PostgreSQL server of our own: made where there is none, started where it stands still, used again where it runs.
/// It outlives the program, so that people can ask it with SQL and the next start is quick.
/// </summary>
public sealed class PrivateCluster
{
    private const string Database = "nowcast";
    private readonly ClusterFolders _folders;
    private readonly ClusterOptions _options;
    private readonly ClusterUser _user;

    private PrivateCluster(ClusterFolders folders, ClusterOptions options, ClusterUser user, Postmaster server)
    {
        _folders = folders;
        _options = options;
        _user = user;
        SocketFolder = server.SocketFolder;
        Port = server.Port;
        ConnectionString = ConnectTo(server, Database).ConnectionString;
    }

    /// <summary>For Npgsql; psql takes <c>-h</c> <see cref="SocketFolder"/> <c>-U nowcast nowcast</c>.</summary>
    public string ConnectionString { get; }

    /// <summary>The folder of the server's socket.</summary>
    public string SocketFolder { get; }

    /// <summary>The loopback port where that was asked for; names the socket too.</summary>
    public int Port { get; }

    /// <summary>The folder of the cluster.</summary>
    public string Folder => _folders.Root;

    /// <summary>Makes the cluster where needed, starts it where needed, and waits until it answers.</summary>
    /// <exception cref="ReportedException">PostgreSQL is missing or does not start; the message says what to do.</exception>
    public static async Task<PrivateCluster> StartAsync(ClusterOptions options, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(options);
        var folders = new ClusterFolders(Path.TrimEndingDirectorySeparator(Path.GetFullPath(options.Folder)));
        var user = ClusterUser.Choose();
        await folders.MakeRootAsync(user, cancellation).ConfigureAwait(false);
        using var held = await ClusterLock.TakeAsync(folders.Lock, options.StartTimeout, cancellation).ConfigureAwait(false);
        var server = Postmaster.Running(folders.Data)
            ?? await StartStandingAsync(folders, options, user, cancellation).ConfigureAwait(false);
        await WaitUntilItAnswersAsync(server, folders, options.StartTimeout, cancellation).ConfigureAwait(false);
        return new PrivateCluster(folders, options, user, server);
    }

    /// <summary>Ends the server after its open transactions were cancelled; nothing that was committed is lost.</summary>
    public async Task StopAsync(CancellationToken cancellation)
    {
        using var held = await ClusterLock.TakeAsync(_folders.Lock, _options.StartTimeout, cancellation).ConfigureAwait(false);
        if (Postmaster.Running(_folders.Data) is null)
            return;
        var stopped = await ControlAsync(_folders, _user, ["stop", "-m", "fast"], cancellation).ConfigureAwait(false);
        if (stopped.ExitCode != 0 && Postmaster.Running(_folders.Data) is not null)
            throw new ReportedException($"The private PostgreSQL in {_folders.Root} does not stop: {LastLine(stopped.Output)}");
    }

    private static async Task<Postmaster> StartStandingAsync(
        ClusterFolders folders, ClusterOptions options, ClusterUser user, CancellationToken cancellation)
    {
        var version = folders.DataVersion();
        var binaries = PostgresBinaries.Find(version);
        if (version is null)
            await MakeDataAsync(folders, options, binaries, user, cancellation).ConfigureAwait(false);
        // No server of this folder runs and we hold the lock: what a crash left would only keep the next one from starting.
        File.Delete(Postmaster.FileOf(folders.Data));
        var socket = await folders.MakeSocketFolderAsync(user, cancellation).ConfigureAwait(false);
        await ClusterSettings.WriteAsync(folders, options, binaries, user, socket, cancellation).ConfigureAwait(false);
        var seconds = ((int)options.StartTimeout.TotalSeconds).ToString(System.Globalization.CultureInfo.InvariantCulture);
        var started = await ControlAsync(
            folders, user,
            ["start", "-t", seconds, "-l", folders.StartLog, "-o", ClusterSettings.ServerArguments(folders)], cancellation)
                .ConfigureAwait(false);
        return (started.ExitCode == 0 ? Postmaster.Running(folders.Data) : null)
            ?? throw new ReportedException(
                $"The private PostgreSQL in {folders.Root} does not start: {WhyNot(folders, started.Output)} Its log is "
                    + $"{folders.Data}/log; with NOWCAST_DB another server is used.");
    }

    private static async Task MakeDataAsync(
        ClusterFolders folders, ClusterOptions options, PostgresBinaries binaries, ClusterUser user, CancellationToken cancellation)
    {
        // Made beside and renamed when done: a half-made cluster is never taken for a whole one.
        if (Directory.Exists(folders.HalfMadeData))
            Directory.Delete(folders.HalfMadeData, recursive: true);
        await user.MakePrivateFolderAsync(folders.HalfMadeData, cancellation).ConfigureAwait(false);
        string[] arguments =
        [
            "-D", folders.HalfMadeData, "-U", ClusterSettings.Owner, "-E", "UTF8", "--locale=C.UTF-8", "-A", "peer",
            "--data-checksums", .. options.Durable ? Array.Empty<string>() : ["--no-sync"],
        ];
        var made = await user.RunAsync(binaries.InitDb, arguments, cancellation).ConfigureAwait(false);
        if (made.ExitCode != 0)
        {
            var hint = user.IsMe ? "" : $" (as user {user.Name}, who must be able to enter the folders above it)";
            throw new ReportedException($"The private database cannot be made in {folders.Root}{hint}: {LastError(made.Output)}");
        }
        Directory.Move(folders.HalfMadeData, folders.Data);
    }

    private static Task<OsCommand.Result> ControlAsync(
        ClusterFolders folders, ClusterUser user, string[] arguments, CancellationToken cancellation) =>
        user.RunAsync(PostgresBinaries.Find(folders.DataVersion()).PgCtl, [.. arguments, "-D", folders.Data, "-w"], cancellation);

    /// <summary>A reused server may still be replaying its log; the database is made at the first start.</summary>
    private static async Task WaitUntilItAnswersAsync(
        Postmaster server, ClusterFolders folders, TimeSpan timeout, CancellationToken cancellation)
    {
        var waited = System.Diagnostics.Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await using var source = NamedPool.Open(ConnectTo(server, "postgres", pooling: false).ConnectionString, "cluster");
                await using var connection = await source.OpenConnectionAsync(cancellation).ConfigureAwait(false);
                await using var exists = new NpgsqlCommand("SELECT 1 FROM pg_database WHERE datname = $1", connection)
                {
                    Parameters = { new() { Value = Database } },
                };
                if (await exists.ExecuteScalarAsync(cancellation).ConfigureAwait(false) is null)
                {
                    await using var create = new NpgsqlCommand($"CREATE DATABASE {Database}", connection);
                    await create.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
                }
                return;
            }
            catch (NpgsqlException starting) when (
                (starting.IsTransient || starting.SqlState == PostgresErrorCodes.CannotConnectNow) && waited.Elapsed < timeout)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), cancellation).ConfigureAwait(false);
            }
            catch (NpgsqlException refused)
            {
                throw new ReportedException(
                    $"The private PostgreSQL in {folders.Root} runs but lets nobody in: {refused.Message} Was it started by another user?",
                        refused);
            }
        }
    }

    private static NpgsqlConnectionStringBuilder ConnectTo(Postmaster server, string database, bool pooling = true) => new()
    {
        Host = server.SocketFolder,
        Port = server.Port,
        Username = ClusterSettings.Owner,
        Database = database,
        Pooling = pooling,
        ApplicationName = "nowcast",
    };

    private static string WhyNot(ClusterFolders folders, string output)
    {
        try
        {
            var lines = File.ReadAllLines(folders.StartLog);
            return LastError(string.Join('\n', lines));
        }
        catch (IOException)
        {
            // pg_ctl failed before the server could write its log; what pg_ctl said is all there is.
            return LastError(output);
        }
    }

    private static string LastError(string text)
    {
        var line = text.Split('\n').LastOrDefault(line =>
            line.Contains("FATAL", StringComparison.Ordinal) || line.Contains("error:", StringComparison.Ordinal)) ?? LastLine(text);
        return line.Trim().TrimEnd('.') + ".";
    }

    private static string LastLine(string text) =>
        text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault() ?? "no reason was given";
}
