using System.Globalization;
using Npgsql;

namespace ConvLstm.Nowcast.Storage.Jobs;

/// <summary>
/// The right to run a job, of which there is one in the whole database: an advisory lock on a connection of its own. The server
/// takes it back the moment that connection ends, also when the program is killed.
/// </summary>
public sealed class JobLease : IAsyncDisposable
{
    /// <summary>The channel on which <see cref="JobHistory.RequestCancelAsync"/> names the runs that shall stop.</summary>
    internal const string CancelChannel = "nowcast_cancel";

    /// <summary>The first half of the lock's key, any number that no other program takes: "nowc" in ASCII; the second is the job's hash.</summary>
    internal const int LockClass = 0x6e6f7763;

    private static readonly TimeSpan BetweenSignsOfLife = TimeSpan.FromSeconds(5);

    private readonly NpgsqlConnection _connection;
    private readonly CancellationTokenSource _lost = new();
    private readonly CancellationTokenSource _done = new();
    private readonly Task _listening;
    private int _givenBack;

    private JobLease(NpgsqlConnection connection)
    {
        _connection = connection;
        connection.Notification += OnNotification;
        _listening = ListenAsync();
    }

    /// <summary>Cancelled when the connection breaks: another program may hold the lease now.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>Called with the number of each run that a person wants to stop.</summary>
    public Action<long>? CancelRequested { get; set; }

    /// <returns>Null where another holds it.</returns>
    /// <exception cref="Ingest.ReportedException">The database does not answer.</exception>
    public static async Task<JobLease?> TryTakeAsync(NpgsqlDataSource database, string job, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(database);
        var connection = await database.ConnectAsync(cancellation).ConfigureAwait(false);
        try
        {
            await using var take = new NpgsqlCommand($"SELECT pg_try_advisory_lock({LockClass}, hashtext($1))", connection) { Parameters = { new() { Value = job } } };
            if ((bool)(await take.ExecuteScalarAsync(cancellation).ConfigureAwait(false))!)
            {
                await using var listen = new NpgsqlCommand($"LISTEN {CancelChannel}", connection);
                await listen.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
                return new JobLease(connection);
            }
        }
        catch (Exception)
        {
            // With the lock perhaps taken it must not go back to the pool.
            await CloseForGoodAsync(connection).ConfigureAwait(false);
            throw;
        }
        await connection.DisposeAsync().ConfigureAwait(false);
        return null;
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _givenBack, 1) == 1)
            return;
        await _done.CancelAsync().ConfigureAwait(false);
        await _listening.ConfigureAwait(false);
        _connection.Notification -= OnNotification;
        try
        {
            await using var release = new NpgsqlCommand("SELECT pg_advisory_unlock_all(); UNLISTEN *", _connection);
            await release.ExecuteNonQueryAsync().ConfigureAwait(false);
            await _connection.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is NpgsqlException or InvalidOperationException)
        {
            // The connection is broken, and with it the lock is gone.
            await CloseForGoodAsync(_connection).ConfigureAwait(false);
        }
        _lost.Dispose();
        _done.Dispose();
    }

    private static async Task CloseForGoodAsync(NpgsqlConnection connection)
    {
        NpgsqlConnection.ClearPool(connection);
        await connection.DisposeAsync().ConfigureAwait(false);
    }

    private async Task ListenAsync()
    {
        try
        {
            while (!_done.IsCancellationRequested)
            {
                if (await _connection.WaitAsync(BetweenSignsOfLife, _done.Token).ConfigureAwait(false))
                    continue;
                await using var ask = new NpgsqlCommand("SELECT 1", _connection) { CommandTimeout = (int)BetweenSignsOfLife.TotalSeconds };
                await ask.ExecuteScalarAsync(_done.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (_done.IsCancellationRequested)
        {
            // Given back.
        }
        catch (Exception e) when (e is NpgsqlException or IOException or ObjectDisposedException or InvalidOperationException or OperationCanceledException)
        {
            await _lost.CancelAsync().ConfigureAwait(false);
        }
    }

    private void OnNotification(object sender, NpgsqlNotificationEventArgs notification)
    {
        if (notification.Channel == CancelChannel && long.TryParse(notification.Payload, CultureInfo.InvariantCulture, out var run))
            CancelRequested?.Invoke(run);
    }
}
