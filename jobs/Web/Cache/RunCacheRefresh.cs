using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Jobs.Monitoring;
using ConvLstm.Nowcast.Storage;
using ConvLstm.Nowcast.Storage.Publishing;
using Npgsql;

namespace ConvLstm.Nowcast.Jobs.Web.Cache;

/// <summary>
/// Keeps <see cref="RunCache"/> up to date: at once when the database notifies of a run, and every few seconds for new scans
/// and for notifications that were lost with a connection.
/// </summary>
internal sealed class RunCacheRefresh(NowcastDatabase database, AnswerSource source, RunCache runs, RunEvents events,
    RecurringQuestions questions, ILogger<RunCacheRefresh> log) : BackgroundService
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(10), AfterFailure = TimeSpan.FromSeconds(3);

    /// <summary>The first answer is a whole one, where the database is there.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await TryAsync(() => RefreshAsync(cancellationToken));
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            if (!await TryAsync(() => ListenAsync(stoppingToken)))
                await Task.Delay(AfterFailure, stoppingToken).ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }

    private async Task ListenAsync(CancellationToken stopping)
    {
        // A connection of its own: one of the pool would hear of nothing once it was given back. A standby notifies of nothing.
        var settings = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Pooling = false, KeepAlive = 30 };
        await using var source = NamedPool.Open(settings.ConnectionString, "notifications");
        await using var connection = await source.OpenConnectionAsync(stopping);
        await using (var listen = new NpgsqlCommand($"LISTEN {ForecastPublisher.Channel}", connection))
            await listen.ExecuteNonQueryAsync(stopping);
        while (true)
        {
            await RefreshAsync(stopping);
            await connection.WaitAsync(LookAgain, stopping);
        }
    }

    private async Task RefreshAsync(CancellationToken cancellation)
    {
        using var turn = await questions.TurnAsync(cancellation);
        await source.CatchUpAsync(cancellation);
        foreach (var grid in await runs.RefreshAsync(cancellation))
            events.Tell(grid);
    }

    /// <summary>False where the database was not to be had: the runs that are in memory answer on, and their age is told.</summary>
    private async Task<bool> TryAsync(Func<Task> work)
    {
        try
        {
            await work();
            return true;
        }
        catch (OperationCanceledException)
        {
            return true;
        }
        catch (Exception e) when (e is NpgsqlException or ReportedException)
        {
            log.LogWarning("New runs are not seen until the database answers again: {Reason}", e.Message);
            return false;
        }
    }
}
