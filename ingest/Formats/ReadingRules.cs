namespace ConvLstm.Nowcast.Ingest.Formats;

/// <summary>Which rule gave each thing that a file may say in several ways, so that a user can see why.</summary>
/// <param name="Grid">Such as <c>corners and projdef</c>.</param>
/// <param name="Time">Such as <c>variable time</c>.</param>
/// <param name="Quantity">Such as <c>rain_rate, the standard name</c>.</param>
/// <param name="Period">Such as <c>bounds</c>; null where nothing was summed.</param>
public sealed record ReadingRules(string Grid, string Time, string Quantity, string? Period);
