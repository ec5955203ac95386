using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Model.Checkpoints;
using ConvLstm.Nowcast.Storage;

namespace ConvLstm.Nowcast.Jobs.Pipeline;

/// <summary>The model that forecasts: the file that a setting names, else the promoted one of the database.</summary>
internal static class ForecastModel
{
    /// <returns>Null where there is neither.</returns>
    /// <exception cref="ReportedException">The file is missing or damaged.</exception>
    internal static async Task<Checkpoint?> LoadAsync(string? file, NowcastDatabase database, Device device, CancellationToken cancellation)
    {
        if (!string.IsNullOrEmpty(file))
            return Checkpoint.Load(file, device);
        var promoted = await database.Models.PromotedAsync(cancellation);
        if (promoted is null)
            return null;
        var path = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(path, await database.Models.CheckpointAsync(promoted.Version, cancellation), cancellation);
            return Checkpoint.Load(path, device);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
