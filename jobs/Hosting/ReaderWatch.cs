using ConvLstm.Nowcast.Storage.Roles;
using Hangfire.Server;

namespace ConvLstm.Nowcast.Jobs.Hosting;

/// <summary>Ends what readers of the database do for too long, on each server that works, over the engine's connections.</summary>
internal sealed class ReaderWatch(HangfireConnections connections) : IBackgroundProcess
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    /// <summary>The engine calls it again and again, also after an exception, with longer waits.</summary>
    public void Execute(BackgroundProcessContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        using (var connection = connections.GetOrCreateConnection())
        {
            connection.Open();
            ReaderLimits.EndOverdue(connection, ReaderLimits.LongestTransaction);
        }
        context.Wait(Interval);
    }
}
