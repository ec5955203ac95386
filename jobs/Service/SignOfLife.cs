using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Model.Checkpoints;
using ConvLstm.Nowcast.Storage;
using ConvLstm.Nowcast.Storage.Readers;
using Npgsql;

namespace ConvLstm.Nowcast.Jobs.Service;

/// <summary>Says every ten seconds that this server is alive, for the dashboard; and ends what readers of the database do for too long.</summary>
internal sealed class SignOfLife(NowcastDatabase database, string server, IReadOnlyList<string> roles) : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _end = new();
    private Task _saying = Task.CompletedTask;

    internal async Task StartAsync(CancellationToken cancellation)
    {
        await database.Servers.SeenAsync(server, roles, Checkpoint.ThisProgram, cancellation);
        _saying = SayAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _saying;
        try
        {
            await database.Servers.GoneAsync(server, CancellationToken.None);
        }
        catch (Exception e) when (e is ReportedException or NpgsqlException)
        {
            // Nobody will miss it after half a minute.
        }
        _end.Dispose();
    }

    private async Task SayAsync()
    {
        using var timer = new PeriodicTimer(Interval);
        try
        {
            while (await timer.WaitForNextTickAsync(_end.Token))
            {
                try
                {
                    await database.Servers.SeenAsync(server, roles, Checkpoint.ThisProgram, _end.Token);
                    await database.Readers.EndOverdueAsync(ReaderLimits.LongestTransaction, _end.Token);
                }
                catch (Exception e) when (e is ReportedException or NpgsqlException)
                {
                    // The database is away; so is everybody's sign of life.
                }
            }
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
            // The server ends.
        }
    }
}
