namespace ConvLstm.Nowcast.Jobs.Schedule;

/// <summary>What a job did.</summary>
/// <param name="Message">One line for people.</param>
/// <param name="DetailsJson">Numbers, a JSON object; null for none.</param>
internal sealed record JobReport(string Message, string? DetailsJson = null);

/// <summary>A piece of work that is done again and again. It knows nothing of who calls it when.</summary>
internal interface IJob
{
    /// <param name="context">What it is told, and where it says how far it is.</param>
    /// <param name="cancellation">Stops it; what is not complete must leave no trace.</param>
    /// <exception cref="Ingest.ReportedException">It failed; the message says why in one line.</exception>
    Task<JobReport> RunAsync(JobContext context, CancellationToken cancellation);
}
