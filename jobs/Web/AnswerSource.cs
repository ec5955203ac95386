using ConvLstm.Nowcast.Storage;
using Npgsql;

namespace ConvLstm.Nowcast.Jobs.Web;

/// <summary>
/// What the answers of the API and the map are read from: the database of the service, or a standby of it, so that the one that is written
/// to has nothing to do with how much is asked.
/// </summary>
/// <param name="database">The one that is written to; stays the caller's.</param>
/// <param name="replica">The connection string of a standby; null or empty for none.</param>
internal sealed class AnswerSource(NowcastDatabase database, string? replica) : IAsyncDisposable
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(50), Patience = TimeSpan.FromSeconds(10);

    private readonly NowcastDatabase? _standby = string.IsNullOrWhiteSpace(replica) ? null : NowcastDatabase.Standby(replica);

    internal NowcastDatabase Database => _standby ?? database;

    /// <summary>
    /// Waits until a standby has what the database holds now: who was notified of a run finds it. After a while it returns all the same;
    /// a standby that far behind answers from what it has, and the answers tell their age.
    /// </summary>
    /// <exception cref="NpgsqlException">One of them does not answer.</exception>
    internal async Task CatchUpAsync(CancellationToken cancellation)
    {
        if (_standby is null)
            return;
        var since = TimeProvider.System.GetTimestamp();
        await using var position = database.DataSource.CreateCommand("SELECT pg_current_wal_lsn()::text");
        var written = (string)(await position.ExecuteScalarAsync(cancellation))!;
        // A standby that was made the primary has nothing to replay any more.
        await using var look = _standby.DataSource.CreateCommand(
            "SELECT NOT pg_is_in_recovery() OR coalesce(pg_last_wal_replay_lsn() >= $1::pg_lsn, false)");
        look.Parameters.Add(new() { Value = written });
        while (!(bool)(await look.ExecuteScalarAsync(cancellation))! && TimeProvider.System.GetElapsedTime(since) < Patience)
            await Task.Delay(BetweenLooks, cancellation);
    }

    public ValueTask DisposeAsync() => _standby?.DisposeAsync() ?? ValueTask.CompletedTask;
}
