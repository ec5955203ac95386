using ConvLstm.Nowcast.Ingest.Quality;

namespace ConvLstm.Nowcast.Storage.Scans;

/// <summary>A scan of the database without its pixels.</summary>
/// <param name="Grid">The name of its grid.</param>
/// <param name="ValidTime">When it holds, UTC.</param>
/// <param name="SourceFile">The name of the file it came from.</param>
/// <param name="ReceivedAt">When it was stored.</param>
/// <param name="Summary">What it looks like.</param>
public sealed record StoredScan(
    string Grid, DateTimeOffset ValidTime, string SourceFile, DateTimeOffset ReceivedAt, ScanSummary Summary);

/// <summary>What became of a scan that was handed to the database.</summary>
public enum ScanOutcome
{
    /// <summary>It is new and stored now.</summary>
    Stored,

    /// <summary>A scan of that grid and time is there; nothing was changed.</summary>
    AlreadyThere,
}
