using ConvLstm.Nowcast.Storage;
using Hangfire.PostgreSql;
using Npgsql;

namespace ConvLstm.Nowcast.Jobs.Schedule.Hangfire;

/// <summary>The engine's tables, in a schema of their own in the database of the service.</summary>
internal static class HangfireStore
{
    private const string Schema = "nowcast_hangfire";

    internal static PostgreSqlStorage Open(NowcastDatabase database, EngineOptions options) => new(new Connections(database.DataSource), new PostgreSqlStorageOptions
    {
        SchemaName = Schema,
        // A run keeps saying that it is alive; without this a training longer than the timeout would be started a second time, and with a
        // timeout of that length the run of a killed server would lie there for as long.
        UseSlidingInvisibilityTimeout = true,
        InvisibilityTimeout = options.CheckIn + options.CheckInGrace,
        QueuePollInterval = TimeSpan.FromSeconds(1),
        EnableLongPolling = true,
        // The program has just used this database; where its tables cannot be made, it says so instead of serving without a schedule.
        AllowDegradedModeWithoutStorage = false,
    });

    private sealed class Connections(NpgsqlDataSource source) : IConnectionFactory
    {
        public NpgsqlConnection GetOrCreateConnection() => source.CreateConnection();
    }
}
