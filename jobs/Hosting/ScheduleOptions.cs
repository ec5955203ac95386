namespace ConvLstm.Nowcast.Jobs.Hosting;

/// <summary>How servers look for work, and watch over each other.</summary>
internal sealed record ScheduleOptions
{
    /// <summary>How long the run of a server that says nothing any more is left to it.</summary>
    internal TimeSpan Invisibility { get; init; } = TimeSpan.FromSeconds(25);

    /// <summary>How often a server looks for what is due.</summary>
    internal TimeSpan Poll { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How often a server that is at work looks whether a person has stopped a run: a small question for each run.</summary>
    internal TimeSpan CancellationPoll { get; init; } = TimeSpan.FromSeconds(0.25);

    /// <summary>
    /// How often a worker looks into its queues for what another server has put there; of its own server's it is told at once.
    /// </summary>
    internal TimeSpan QueuePoll { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>Runs of one server at the same time: each job once, and some that wait for another server's run.</summary>
    internal int Workers { get; init; } = 8;

    /// <summary>How long what a run that is stopped leaves behind may take.</summary>
    internal TimeSpan Shutdown { get; init; } = TimeSpan.FromSeconds(25);
}
