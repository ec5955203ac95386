namespace ConvLstm.Nowcast.Storage.Publishing;

/// <summary>What was published.</summary>
/// <param name="RunId">Its number in the database; the same when the run is published again.</param>
/// <param name="Replaced">True where a run of that grid, issue time, model version and method was there before.</param>
/// <param name="Tiles">How many tiles were written.</param>
/// <param name="IsSane">False where a check failed: the run is kept, but consumers are not given it.</param>
/// <param name="Checks">What was checked.</param>
public sealed record PublishedRun(long RunId, bool Replaced, int Tiles, bool IsSane, IReadOnlyList<SanityCheck> Checks);
