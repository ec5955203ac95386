namespace ConvLstm.Nowcast.Storage.Retention;

/// <summary>What is kept, and for how long. Sums of scores by day, runs without their maps, and models are kept for ever.</summary>
public sealed record RetentionOptions
{
    /// <summary>Days whose scans and maps are kept, today not counted.</summary>
    public int MapDays { get; init; } = 30;

    /// <summary>Days whose scores are kept run by run; of older ones the sums of the day are.</summary>
    public int ScoreDays { get; init; } = 90;

    /// <summary>Days after today whose partitions are made, so that the first scan of a day waits for nothing.</summary>
    public int DaysAhead { get; init; } = 2;
}

/// <summary>What was done.</summary>
/// <param name="PartitionsMade">For the days ahead.</param>
/// <param name="PartitionsDropped">Of scans, maps and strips.</param>
/// <param name="RunsSummed">Runs whose scores went into the sums of their day.</param>
/// <param name="RunScoresDropped">Runs whose own scores were dropped.</param>
public sealed record RetentionOutcome(int PartitionsMade, int PartitionsDropped, int RunsSummed, int RunScoresDropped);
