using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Storage.Cluster;
using ConvLstm.Nowcast.Storage.Grids;
using ConvLstm.Nowcast.Storage.Jobs;
using ConvLstm.Nowcast.Storage.Models;
using ConvLstm.Nowcast.Storage.Publishing;
using ConvLstm.Nowcast.Storage.Queries;
using ConvLstm.Nowcast.Storage.Roles;
using ConvLstm.Nowcast.Storage.Retention;
using ConvLstm.Nowcast.Storage.Scans;
using ConvLstm.Nowcast.Storage.Verification;
using Npgsql;

namespace ConvLstm.Nowcast.Storage;

/// <summary>The database of the service, with its schema up to date. Dispose it to close its connections; the server runs on.</summary>
public sealed class NowcastDatabase : IAsyncDisposable
{
    private NowcastDatabase(NpgsqlDataSource dataSource, string connectionString, PrivateCluster? cluster, TimeProvider time)
    {
        DataSource = dataSource;
        ConnectionString = connectionString;
        Cluster = cluster;
        Grids = new GridStore(dataSource);
        Scans = new ScanStore(dataSource, Grids);
        Forecasts = new ForecastPublisher(dataSource, Grids, time);
        Queries = new ForecastQueries(dataSource, Grids);
        Maps = new PackedQueries(dataSource, Grids);
        Skill = new SkillQueries(dataSource);
        Verification = new VerificationStore(dataSource);
        Retention = new DataRetention(dataSource, Grids, time);
        Models = new ModelStore(dataSource, time);
        Jobs = new JobHistory(dataSource, time);
        Feeds = new FeedStatus(dataSource);
        Readers = new ReaderLimits(dataSource);
    }

    /// <summary>Pooled connections.</summary>
    public NpgsqlDataSource DataSource { get; }

    /// <summary>
    /// Where it is, in Npgsql's keywords and with the password: for whoever opens it too. What a data source or an open connection
    /// tells of itself has lost the password.
    /// </summary>
    public string ConnectionString { get; }

    /// <summary>The private cluster where one is used; null where NOWCAST_DB names a server.</summary>
    public PrivateCluster? Cluster { get; }

    public GridStore Grids { get; }
    public ScanStore Scans { get; }
    public ForecastPublisher Forecasts { get; }
    public ForecastQueries Queries { get; }
    public PackedQueries Maps { get; }
    public SkillQueries Skill { get; }
    public VerificationStore Verification { get; }
    public DataRetention Retention { get; }
    public ModelStore Models { get; }
    public JobHistory Jobs { get; }
    public FeedStatus Feeds { get; }
    public ReaderLimits Readers { get; }

    /// <summary>
    /// Connects, starting the private cluster where no server is named, and brings the schema up to date.
    /// </summary>
    /// <param name="connectionString">What NOWCAST_DB holds (Npgsql's keywords, or a postgres:// address); null or empty for the private
    /// cluster.</param>
    /// <param name="cancellation">Stops the wait.</param>
    /// <param name="cluster">Where the private cluster lives; null for the usual place.</param>
    /// <param name="time">The clock; null for the machine's.</param>
    /// <exception cref="ReportedException">The server cannot be reached, PostGIS is missing, …: the message says what to do.</exception>
    public static async Task<NowcastDatabase> OpenAsync(
        string? connectionString, CancellationToken cancellation, ClusterOptions? cluster = null, TimeProvider? time = null)
    {
        (connectionString, var started) = await LocateAsync(connectionString, cancellation, cluster).ConfigureAwait(false);
        var source = Connections(connectionString);
        try
        {
            await Migrations.ApplyAsync(source, cancellation).ConfigureAwait(false);
            return new NowcastDatabase(source, connectionString, started, time ?? TimeProvider.System);
        }
        catch (Exception)
        {
            await source.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>A standby of a database whose schema is up to date: to read from. Nothing is asked of it yet.</summary>
    /// <param name="connectionString">As for <see cref="OpenAsync"/>.</param>
    /// <exception cref="ReportedException">It is no connection string.</exception>
    public static NowcastDatabase Standby(string connectionString)
    {
        var parsed = ConnectionSettings.Parse(connectionString);
        return new(Connections(parsed, "nowcast replica"), parsed, null, TimeProvider.System);
    }

    /// <summary>Where the database is, in Npgsql's keywords; the private cluster is started where no server is named.</summary>
    internal static async Task<(string ConnectionString, PrivateCluster? Cluster)> LocateAsync(
        string? connectionString, CancellationToken cancellation, ClusterOptions? cluster = null)
    {
        if (!string.IsNullOrWhiteSpace(connectionString))
            return (ConnectionSettings.Parse(connectionString), null);
        var started = await PrivateCluster.StartAsync(cluster ?? new ClusterOptions(), cancellation).ConfigureAwait(false);
        return (ConnectionSettings.Parse(started.ConnectionString), started);
    }

    /// <summary>
    /// Without JIT, which is on where a server is left as it comes: the program's questions are small and many, and compiling one takes
    /// longer than answering it.
    /// Said after connecting, because not every pooler takes it with the connection.
    /// </summary>
    private static NpgsqlDataSource Connections(string connectionString, string name = "nowcast")
    {
        const string NoJit = "SET jit = off";
        // Metrics call it so: the connection string has hosts and users.
        var builder = new NpgsqlDataSourceBuilder(connectionString) { Name = name };
        builder.UsePhysicalConnectionInitializer(
            connection =>
            {
                using var command = new NpgsqlCommand(NoJit, connection);
                command.ExecuteNonQuery();
            },
            async connection =>
            {
                await using var command = new NpgsqlCommand(NoJit, connection);
                await command.ExecuteNonQueryAsync().ConfigureAwait(false);
            });
        return builder.Build();
    }

    /// <summary>
    /// Drops the pixels of scans and runs before a UTC day, at once; runs and scores stay. Returns how many day partitions went.
    /// </summary>
    /// <exception cref="ReportedException">A long question keeps a day in use.</exception>
    public Task<int> DropDaysBeforeAsync(DateOnly day, CancellationToken cancellation) => Retention.DropDaysBeforeAsync(day, cancellation);

    public ValueTask DisposeAsync() => DataSource.DisposeAsync();
}
