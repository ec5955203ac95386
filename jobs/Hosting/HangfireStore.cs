using Hangfire;
using Hangfire.PostgreSql;
using Npgsql;

namespace ConvLstm.Nowcast.Jobs.Hosting;

/// <summary>Hangfire's store in the database of the service.</summary>
internal static class HangfireStore
{
    /// <param name="connections">Where.</param>
    /// <param name="options">How servers watch over each other.</param>
    /// <param name="keep">How long jobs that have ended are kept.</param>
    internal static JobStorage Open(IConnectionFactory connections, ScheduleOptions options, TimeSpan keep) =>
        new PostgreSqlStorage(connections, new()
        {
            SchemaName = HangfireTables.Schema,
            // They are made by who may: HangfireTables. Without this the store asks for nothing before it is used, and a database that is
            // away keeps no server from coming up.
            PrepareSchemaIfNecessary = false,
            // A run keeps saying that it is alive; without this a training longer than the timeout would be started a second time, and
            // with a timeout of that length the run of a killed server would lie there for as long.
            UseSlidingInvisibilityTimeout = true,
            InvisibilityTimeout = options.Invisibility,
            // Held for milliseconds; that of a killed server must not keep others from the schedule for ten minutes.
            DistributedLockTimeout = options.Invisibility,
            QueuePollInterval = options.QueuePoll,
            // It would hold a connection for each worker.
            EnableLongPolling = false,
        })
        {
            JobExpirationTimeout = keep,
        };

    /// <summary>The same for questions alone, by the connections of the service.</summary>
    internal static JobStorage ForQuestions(NpgsqlDataSource source) =>
        new PostgreSqlStorage(new Borrowed(source), new() { SchemaName = HangfireTables.Schema, PrepareSchemaIfNecessary = false });

    private sealed class Borrowed(NpgsqlDataSource source) : IConnectionFactory
    {
        public NpgsqlConnection GetOrCreateConnection() => source.CreateConnection();
    }
}
