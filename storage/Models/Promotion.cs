namespace ConvLstm.Nowcast.Storage.Models;

/// <summary>A time that a model was put to work.</summary>
/// <param name="Version">The model.</param>
/// <param name="PromotedAt">When, UTC.</param>
/// <param name="Note">Why.</param>
/// <param name="RolledBackAt">When it was taken back, so that the one before forecasts again; null where it stands.</param>
public sealed record Promotion(string Version, DateTimeOffset PromotedAt, string Note, DateTimeOffset? RolledBackAt);
