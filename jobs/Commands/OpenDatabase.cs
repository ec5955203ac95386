using ConvLstm.Nowcast.Jobs.Settings;
using ConvLstm.Nowcast.Storage;
using Npgsql;

namespace ConvLstm.Nowcast.Jobs.Commands;

/// <summary>Work with the database of the settings.</summary>
internal static class OpenDatabase
{
    /// <summary>
    /// Opens the database, works, and closes it. A server that stops in the middle is reported as one that was never there.
    /// </summary>
    internal static async Task<T> RunAsync<T>(Func<NowcastDatabase, NowcastSettings, Task<T>> work, CancellationToken cancellation)
    {
        var settings = NowcastSettings.Load();
        await using var database = await NowcastDatabase.OpenAsync(settings.Db, cancellation);
        return await ReportAsync(database, () => work(database, settings));
    }

    internal static async Task<T> ReportAsync<T>(NowcastDatabase database, Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (NpgsqlException e)
        {
            throw DatabaseErrors.Explain(e, database.ConnectionString);
        }
    }
}
