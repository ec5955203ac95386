using System.Text.Json;
using ConvLstm.Nowcast.Model.Checkpoints;
using ConvLstm.Nowcast.Storage.Models;

namespace ConvLstm.Nowcast.Jobs.Web.Quality;

/// <summary>A model and how it was trained.</summary>
/// <param name="Version">The name people use.</param>
/// <param name="Network">The architecture.</param>
/// <param name="IsPromoted">It is the one that forecasts.</param>
/// <param name="ImportedAt">UTC.</param>
/// <param name="Checksum">SHA-256 of the checkpoint.</param>
/// <param name="CheckpointBytes">The size of the checkpoint.</param>
/// <param name="Scores">What it scored when it was trained.</param>
/// <param name="Curve">The losses after each epoch; empty where they were not kept.</param>
internal sealed record ModelAnswer(
    string Version, string Network, bool IsPromoted, DateTime ImportedAt, string Checksum, int CheckpointBytes, JsonElement Scores,
        IReadOnlyList<EpochLoss> Curve)
{
    private static readonly JsonSerializerOptions AnyCase = new() { PropertyNameCaseInsensitive = true };

    internal static ModelAnswer Of(StoredModel model) => new(
        model.Version, model.Network, model.IsPromoted, model.ImportedAt.UtcDateTime, model.Checksum, model.CheckpointBytes,
        JsonSerializer.Deserialize<JsonElement>(model.Scores), JsonSerializer.Deserialize<Known>(model.Metadata, AnyCase)?.Curve ?? []);

    /// <summary>What is read of the metadata, which other versions may have written.</summary>
    private sealed record Known(IReadOnlyList<EpochLoss>? Curve);
}
