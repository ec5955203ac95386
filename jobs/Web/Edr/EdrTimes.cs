using ConvLstm.Nowcast.Storage.Queries;

namespace ConvLstm.Nowcast.Jobs.Web.Edr;

/// <summary>The parameter datetime: a time, or an interval whose ends may be open (RFC 3339, ISO 8601).</summary>
internal static class EdrTimes
{
    /// <summary>The leads whose valid times are asked for.</summary>
    /// <exception cref="BadHttpRequestException">It is no time, or the run has no map then.</exception>
    internal static IReadOnlyList<int> Leads(RunSummary run, string? datetime)
    {
        var (from, to) = Interval(datetime);
        int[] leads = [.. Enumerable.Range(0, run.LeadSeconds.Length)
            .Where(i => run.IssueTime.AddSeconds(run.LeadSeconds[i]) is var t && t >= from && t <= to)];
        return leads.Length > 0 ? leads : throw HttpErrors.NotFound(
            $"Run {run.RunId} has no map at {datetime}; its maps go from {Times.Iso(run.IssueTime.AddSeconds(run.LeadSeconds[0]))} to "
                + $"{Times.Iso(run.IssueTime.AddSeconds(run.LeadSeconds[^1]))}.");
    }

    /// <summary>The first and the last moment; those of all times where nothing is asked for.</summary>
    /// <exception cref="BadHttpRequestException">It is no time.</exception>
    internal static (DateTimeOffset From, DateTimeOffset To) Interval(string? datetime) => datetime?.Split('/') switch
    {
        null or [""] => (DateTimeOffset.MinValue, DateTimeOffset.MaxValue),
        [var at] => (Times.Parse(at), Times.Parse(at)),
        [var start, var end] =>
            (Open(start) ? DateTimeOffset.MinValue : Times.Parse(start), Open(end) ? DateTimeOffset.MaxValue : Times.Parse(end)),
        _ => throw HttpErrors.BadRequest("A datetime is a time, or two with a slash between them."),
    };

    private static bool Open(string end) => end is "" or "..";
}
