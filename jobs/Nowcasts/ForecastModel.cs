using System.Security.Cryptography;
using System.Text.Json;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Model.Checkpoints;
using ConvLstm.Nowcast.Storage;
using ConvLstm.Nowcast.Storage.Models;

namespace ConvLstm.Nowcast.Jobs.Nowcasts;

/// <summary>
/// The model that forecasts: the file that a setting names, else the promoted one of the database, which is the one that comes with the
/// program until another is promoted. Whichever it is, the database has it before its first forecast, so that every forecast can be
/// traced to its weights.
/// </summary>
internal static class ForecastModel
{
    /// <returns>Null where there is neither.</returns>
    /// <exception cref="ReportedException">The file is missing or damaged.</exception>
    internal static async Task<Checkpoint?> LoadAsync(string? file, NowcastDatabase database, Device device, CancellationToken cancellation)
    {
        if (!string.IsNullOrEmpty(file))
        {
            var model = Checkpoint.Load(file, device);
            if (!await database.Models.HasAsync(model.Checksum, cancellation))
                await StoreAsync(database, model, file, ScoresOf(model), cancellation);
            return model;
        }
        var promoted = await PromotedAsync(database, cancellation);
        if (promoted is null)
            return null;
        using var scratch = ScratchFolder.Create("model");
        var path = Path.Combine(scratch.Path, "model.safetensors");
        await File.WriteAllBytesAsync(path, await database.Models.CheckpointAsync(promoted.Version, cancellation), cancellation);
        return Checkpoint.Load(path, device);
    }

    /// <summary>The promoted model, after that which comes with the program was offered; null where a person rolled it back.</summary>
    /// <exception cref="ReportedException">There is none, and the file that comes with the program is damaged.</exception>
    internal static async Task<StoredModel?> PromotedAsync(NowcastDatabase database, CancellationToken cancellation)
    {
        var promoted = await database.Models.PromotedAsync(cancellation);
        try
        {
            if (await OfferAsync(ShippedModel.File, database, cancellation))
                promoted = await database.Models.PromotedAsync(cancellation);
        }
        catch (ReportedException) when (promoted is not null)
        {
            // A damaged file that nobody asked for does not keep the promoted model from its work.
        }
        return promoted;
    }

    /// <summary>Stores the checkpoint of a file.</summary>
    internal static async Task StoreAsync(NowcastDatabase database, Checkpoint model, string file, string scoresJson,
        CancellationToken cancellation) =>
        await database.Models.ImportAsync(
            model.Version, model.Metadata.Network.Network, await File.ReadAllBytesAsync(file, cancellation), MetadataOf(model), scoresJson,
                cancellation);

    /// <summary>What forecasts once the last promotion is taken back; null where there is none.</summary>
    internal static string? AfterRollback(IReadOnlyList<Promotion> promotions) =>
        promotions.Where(p => p.RolledBackAt is null).ToArray() switch
        {
            [] => null,
            [_] => "extrapolation",
            [_, var before, ..] => $"the model {before.Version}",
        };

    /// <summary>What a training noted.</summary>
    internal static string ScoresOf(Checkpoint model) => JsonSerializer.Serialize(model.Metadata.Scores);

    private static async Task<bool> OfferAsync(string file, NowcastDatabase database, CancellationToken cancellation)
    {
        if (!File.Exists(file))
            return false;
        var bytes = await File.ReadAllBytesAsync(file, cancellation);
        if (await database.Models.HasAsync(Convert.ToHexStringLower(SHA256.HashData(bytes)), cancellation))
            return false;
        using var model = Checkpoint.Load(file, CPU);
        await database.Models.OfferAsync(model.Version, model.Metadata.Network.Network, bytes, MetadataOf(model), ScoresOf(model),
            cancellation);
        return true;
    }

    private static string MetadataOf(Checkpoint model) => JsonSerializer.Serialize(model.Metadata);
}
