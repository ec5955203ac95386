namespace ConvLstm.Nowcast.Jobs.Feed;

/// <summary>A folder in which radar files arrive.</summary>
internal sealed record FeedOptions(string Folder)
{
    /// <summary>Where files that cannot be used go; <c>quarantine</c> in the folder where null.</summary>
    internal string? QuarantineFolder { get; init; }

    internal string Quarantine => Path.GetFullPath(QuarantineFolder ?? Path.Combine(Folder, "quarantine"));

    /// <summary>How often the folder is looked at; a file that two looks found alike, and that nobody writes, is complete.</summary>
    internal TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A file that was not written to for so long needs no second look.</summary>
    internal TimeSpan Settled { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// A file that cannot be used stays in the folder until it was not written to for so long: an upload that stopped may be taken up
    /// again, and until then
    /// half a file looks like a damaged one.
    /// </summary>
    internal TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Ends the watch after so long without a new file; null watches until it is stopped.</summary>
    internal TimeSpan? Idle { get; init; }
}
