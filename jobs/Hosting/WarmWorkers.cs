using ConvLstm.Nowcast.Jobs.Feed;
using ConvLstm.Nowcast.Jobs.Nowcasts;
using ConvLstm.Nowcast.Jobs.Settings;
using ConvLstm.Nowcast.Jobs.Workers;
using ConvLstm.Nowcast.Storage;

namespace ConvLstm.Nowcast.Jobs.Hosting;

/// <summary>
/// The child processes that a server keeps between runs, started ahead: from a new scan to its forecast nothing has to be started or
/// loaded.
/// </summary>
internal sealed class WarmWorkers : IAsyncDisposable
{
    private readonly IReadOnlyList<string> _roles;
    private readonly CancellationTokenSource _end = new();
    private Task _preparing = Task.CompletedTask;

    internal WarmWorkers(NowcastSettings settings, NowcastDatabase database, IReadOnlyList<string> roles, TimeProvider time)
    {
        _roles = roles;
        Decoders = new(DecoderOptions.Of(settings.Decoder).OfFeed);
        Forecasting = new(() => NowcastJob.Rehearsal(database, settings, time));
    }

    internal WarmWorker Forecasting { get; }

    internal DecoderPool Decoders { get; }

    /// <summary>Starts those that the roles of the server need.</summary>
    internal void Prepare()
    {
        if (_roles.Contains(Roles.Forecast))
            Forecasting.Prepare();
        if (_roles.Contains(Roles.Ingest))
            _preparing = Decoders.PrepareAsync(_end.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _preparing;
        Decoders.Dispose();
        await Forecasting.DisposeAsync();
        _end.Dispose();
    }
}
