using Npgsql;

namespace ConvLstm.Nowcast.Storage.Leases;

/// <summary>
/// The right to do something, of which there is one in the whole database: a row that only the writer's role can touch (an advisory lock
/// could be taken by any reader). It runs out by the clock of the database unless it is renewed, which happens as long as this object
/// lives; so a killed program keeps it for its duration and no longer, and one that survives a restart of the database keeps it.
/// </summary>
public sealed class Lease : IAsyncDisposable, IDisposable
{
    private const string Take =
        """
        INSERT INTO nowcast.lease (name, holder, expires_at) VALUES ($1, $2, clock_timestamp() + $3)
        ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at WHERE lease.expires_at < clock_timestamp()
        """;

    private const string Renew =
        "UPDATE nowcast.lease SET expires_at = clock_timestamp() + $3 WHERE name = $1 AND holder = $2 AND expires_at > clock_timestamp()";

    private const string Release = "DELETE FROM nowcast.lease WHERE name = $1 AND holder = $2";

    /// <summary>How often it is renewed while it lasts.</summary>
    private const int Renewals = 5;

    private readonly NpgsqlDataSource _database;
    private readonly string _name;
    private readonly Guid _holder;
    private readonly TimeSpan _duration;
    private readonly CancellationTokenSource _lost = new();
    private readonly CancellationTokenSource _done = new();
    private readonly Task _renewing;
    private int _givenBack;

    private Lease(NpgsqlDataSource database, string name, Guid holder, TimeSpan duration, long taken)
    {
        (_database, _name, _holder, _duration) = (database, name, holder, duration);
        _renewing = Task.Run(() => RenewAsync(taken));
    }

    /// <summary>
    /// How long that of a killed program stays, where nothing else is asked for: its work is taken up well within a minute.
    /// </summary>
    public static TimeSpan UsualDuration { get; } = TimeSpan.FromSeconds(20);

    /// <summary>Cancelled when it could not be renewed in time: another program may hold it now.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <param name="database">Where it is written down.</param>
    /// <param name="name">What it is for.</param>
    /// <param name="duration">How long it outlives its holder.</param>
    /// <param name="cancellation">Stops the wait.</param>
    /// <returns>Null where another holds it.</returns>
    /// <exception cref="Ingest.ReportedException">The database does not answer.</exception>
    public static async Task<Lease?> TryTakeAsync(NpgsqlDataSource database, string name, TimeSpan duration, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(database);
        var (holder, since) = (Guid.NewGuid(), TimeProvider.System.GetTimestamp());
        await using var connection = await database.ConnectAsync(cancellation).ConfigureAwait(false);
        await using var take = Command(connection, Take, name, holder, duration);
        return await take.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false) == 1 ? new(database, name, holder, duration, since)
            : null;
    }

    /// <summary>As <see cref="TryTakeAsync"/>, for callers that block.</summary>
    public static Lease? TryTake(NpgsqlDataSource database, string name, TimeSpan duration)
    {
        ArgumentNullException.ThrowIfNull(database);
        var (holder, since) = (Guid.NewGuid(), TimeProvider.System.GetTimestamp());
        using var connection = database.OpenConnection();
        using var take = Command(connection, Take, name, holder, duration);
        return take.ExecuteNonQuery() == 1 ? new(database, name, holder, duration, since) : null;
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _givenBack, 1) == 1)
            return;
        await _done.CancelAsync().ConfigureAwait(false);
        await _renewing.ConfigureAwait(false);
        try
        {
            await using var connection = await _database.OpenConnectionAsync().ConfigureAwait(false);
            await using var release = Command(connection, Release, _name, _holder);
            await release.ExecuteNonQueryAsync().ConfigureAwait(false);
        }
        catch (NpgsqlException)
        {
            // The database is away; the lease runs out by itself.
        }
        End();
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _givenBack, 1) == 1)
            return;
        _done.Cancel();
        try
        {
            using var connection = _database.OpenConnection();
            using var release = Command(connection, Release, _name, _holder);
            release.ExecuteNonQuery();
        }
        catch (NpgsqlException)
        {
            // The database is away; the lease runs out by itself.
        }
        _renewing.ContinueWith(_ => End(), TaskScheduler.Default);
    }

    private void End()
    {
        _lost.Dispose();
        _done.Dispose();
    }

    /// <param name="renewed">When it was last asked for: from then on it lasts, by the clock of this machine too.</param>
    private async Task RenewAsync(long renewed)
    {
        try
        {
            while (true)
            {
                await Task.Delay(_duration / Renewals, _done.Token).ConfigureAwait(false);
                var asked = TimeProvider.System.GetTimestamp();
                switch (await TryRenewAsync(_duration - TimeProvider.System.GetElapsedTime(renewed)).ConfigureAwait(false))
                {
                    case true: renewed = asked; break;
                    // Another's, or it is not known in time whether it is.
                    case false: await _lost.CancelAsync().ConfigureAwait(false); return;
                }
            }
        }
        catch (OperationCanceledException) when (_done.IsCancellationRequested)
        {
            // Given back.
        }
    }

    /// <summary>True where it was renewed, false where it is lost, null where the database may answer the next time.</summary>
    private async Task<bool?> TryRenewAsync(TimeSpan left)
    {
        if (left <= TimeSpan.Zero)
            return false;
        using var late = CancellationTokenSource.CreateLinkedTokenSource(_done.Token);
        late.CancelAfter(left);
        try
        {
            await using var connection = await _database.OpenConnectionAsync(late.Token).ConfigureAwait(false);
            await using var renew = Command(connection, Renew, _name, _holder, _duration);
            return await renew.ExecuteNonQueryAsync(late.Token).ConfigureAwait(false) == 1;
        }
        catch (OperationCanceledException) when (!_done.IsCancellationRequested)
        {
            return false;
        }
        catch (NpgsqlException)
        {
            return null;
        }
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, params object[] values)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        return command;
    }
}
