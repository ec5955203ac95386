using System.Diagnostics;
using ConvLstm.Nowcast.Jobs.Nowcasts;

namespace ConvLstm.Nowcast.Jobs.Monitoring;

/// <summary>
/// The spans of the jobs. What a job asks for belongs to its trace (https://www.w3.org/TR/trace-context/), so that a scan can be followed
/// from its file to the NOTIFY of its forecasts.
/// </summary>
internal static class JobTraces
{
    internal const string SourceName = "ConvLstm.Nowcast";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>The span of a run, until it is disposed; null where nobody listens.</summary>
    /// <param name="job">Its name.</param>
    /// <param name="parent">The traceparent of what asked for it; null for a trace of its own.</param>
    internal static Activity? Begin(string job, string? parent)
    {
        ActivityContext.TryParse(parent, null, isRemote: true, out var context);
        return Source.StartActivity($"job {job}", ActivityKind.Consumer, context, [new("nowcast.job", job)]);
    }

    /// <summary>
    /// Two spans that have ended just now: a method's forecast and its publication, with the NOTIFY, in the process that forecasts.
    /// </summary>
    internal static void Published(MethodOutcome outcome)
    {
        var end = DateTimeOffset.UtcNow;
        var published = end.AddSeconds(-outcome.PublishSeconds);
        Span("forecast", published.AddSeconds(-outcome.ForecastSeconds), published, outcome);
        if (outcome.RunId is not null)
            Span("publish", published, end, outcome);
    }

    private static void Span(string what, DateTimeOffset from, DateTimeOffset to, MethodOutcome outcome)
    {
        using var span = Source.StartActivity(
            $"{what} {outcome.Method}", ActivityKind.Internal, default(ActivityContext),
            [new("nowcast.grid", outcome.Grid), new("nowcast.issue_time", outcome.IssueTime.ToString("O"))], startTime: from);
        if (outcome.Problem is not null)
            span?.SetStatus(ActivityStatusCode.Error, outcome.Problem);
        span?.SetEndTime(to.UtcDateTime);
    }
}
