namespace ConvLstm.Nowcast.Jobs.Schedule;

/// <summary>How an engine watches over its servers.</summary>
internal sealed record EngineOptions
{
    /// <summary>How often a server says that it is alive.</summary>
    internal TimeSpan CheckIn { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How much later than that it may be before it counts as dead and its runs are taken up: together well within a minute.</summary>
    internal TimeSpan CheckInGrace { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>A run that is later than this was missed, and is made up for once.</summary>
    internal TimeSpan MissedAfter { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a database that does not answer is left alone.</summary>
    internal TimeSpan DatabaseRetry { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Runs of one server at the same time.</summary>
    internal int Workers { get; init; } = 8;

    /// <summary>False keeps the schedule in memory, for a single server and for simulated time.</summary>
    internal bool Clustered { get; init; } = true;
}
