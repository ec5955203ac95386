using Dapper;
using Npgsql;

namespace ConvLstm.Nowcast.Storage.Roles;

/// <summary>What keeps those who only read (members of nowcast_reader) from getting in the way of the service.</summary>
public sealed class ReaderLimits(NpgsqlDataSource database)
{
    /// <summary>
    /// A reader's own time-outs are 30 s for a statement and 60 s for an idle transaction, which it may set to nothing; these are not its
    /// to set.
    /// </summary>
    public static TimeSpan LongestTransaction { get; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// Ends the sessions of readers whose transaction goes on for too long: it keeps old days from being dropped. Returns how many.
    /// </summary>
    /// <remarks>
    /// Of those whose rights the service's own role has: nowcast_reader itself, and each role that was granted to nowcast_writer.
    /// </remarks>
    public static int EndOverdue(NpgsqlConnection connection, TimeSpan longest)
    {
        ArgumentNullException.ThrowIfNull(connection);
        return connection.ExecuteScalar<int>(
            """
            SELECT count(*) FILTER (WHERE pg_terminate_backend(s.pid))
            FROM pg_stat_activity AS s JOIN pg_roles AS r ON r.oid = s.usesysid JOIN pg_database AS d ON d.oid = s.datid
            WHERE d.datname = current_database() AND clock_timestamp() - s.xact_start > @longest
              AND pg_has_role(r.oid, 'nowcast_reader', 'MEMBER') AND pg_has_role(current_user, r.oid, 'USAGE')
              AND NOT r.rolsuper AND NOT pg_has_role(r.oid, 'nowcast_writer', 'MEMBER') AND NOT pg_has_role(r.oid, d.datdba, 'MEMBER')
            """, new { longest });
    }

    /// <summary>
    /// What a reader may still do because the user that made the schema may not forbid it, with the SQL for an administrator; empty where
    /// all is well.
    /// </summary>
    public async Task<IReadOnlyList<string>> MissingAsync(CancellationToken cancellation)
    {
        await using var connection = await database.ConnectAsync(cancellation).ConfigureAwait(false);
        return (await connection.QueryAsync<string>(new CommandDefinition(
            """
            SELECT format('may make temporary tables: REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database())
            WHERE has_database_privilege('nowcast_reader', current_database(), 'TEMPORARY')
            UNION ALL
            SELECT 'may make objects in public: REVOKE CREATE ON SCHEMA public FROM PUBLIC' WHERE has_schema_privilege('nowcast_reader', 'public', 'CREATE')
            UNION ALL
            SELECT format('may call %s of the server''s functions that do more than read: as its administrator run "nowcast db migrate" or SELECT nowcast.limit_readers()', count(*))
            FROM pg_proc AS p
            WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.proname ~ '^(pg_(try_)?advisory_|lo_|lowrite$|pg_logical_emit_message$)' AND has_function_privilege('nowcast_reader', p.oid, 'EXECUTE')
            HAVING count(*) > 0
            UNION ALL
            SELECT 'may take all connections: ALTER ROLE nowcast_reader CONNECTION LIMIT 20' FROM pg_roles WHERE rolname = 'nowcast_reader' AND rolconnlimit < 0
            UNION ALL
            SELECT 'may ask for longer than the service can stop: GRANT nowcast_reader TO nowcast_writer' WHERE NOT pg_has_role('nowcast_writer', 'nowcast_reader', 'USAGE')
            """, cancellationToken: cancellation)).ConfigureAwait(false)).AsList();
    }
}
