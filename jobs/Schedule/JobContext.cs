namespace ConvLstm.Nowcast.Jobs.Schedule;

/// <summary>What a run of a job is told, and where it says how far it is.</summary>
/// <param name="Time">The clock.</param>
/// <param name="Progress">Keeps what the run says.</param>
/// <param name="Trigger">Lets another job run as soon as may be.</param>
internal sealed record JobContext(TimeProvider Time, JobProgress Progress, Func<string, CancellationToken, Task> Trigger)
{
    /// <param name="fraction">0 to 1; null where it cannot say.</param>
    /// <param name="text">What it is doing.</param>
    internal void Report(double? fraction, string text) => Progress.Report(fraction, text);

    /// <summary>A line for the log of this run.</summary>
    internal void Log(string line) => Progress.Log(Time.GetUtcNow(), line);
}
