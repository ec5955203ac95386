using ConvLstm.Nowcast.Jobs.Settings;
using ConvLstm.Nowcast.Storage.Queries;

namespace ConvLstm.Nowcast.Jobs.Web.Api;

/// <summary>Which run an answer comes from, and how old that is.</summary>
/// <param name="Grid">The grid that covers the place.</param>
/// <param name="RunId">The run.</param>
/// <param name="IssueTime">The valid time of its newest scan, UTC.</param>
/// <param name="Method">model, extrapolation, persistence or another.</param>
/// <param name="ModelVersion">The version of the checkpoint or of the method.</param>
/// <param name="AgeMinutes">How old its newest scan was at the time of the question.</param>
/// <param name="Stale">It is older than the limit.</param>
internal sealed record RunOrigin(string Grid, long RunId, DateTime IssueTime, string Method, string ModelVersion, double AgeMinutes,
    bool Stale);

/// <summary>Says how old an answer is: beyond a limit it is marked, or refused where the asker wants that.</summary>
internal sealed class Freshness(NowcastSettings settings, TimeProvider time)
{
    internal const string Parameter =
        "What to do where the newest run is too old: mark (when left out) answers with stale: true and a Warning header, refuse with 404.";

    private const string Mark = "mark", Refuse = "refuse";

    /// <param name="response">Given a warning where the run is too old.</param>
    /// <param name="run">The run that answers.</param>
    /// <param name="at">The time of the question; null for now.</param>
    /// <param name="stale">mark or refuse.</param>
    /// <exception cref="BadHttpRequestException">It is too old and the asker wants none then.</exception>
    internal RunOrigin Of(HttpResponse response, RunSummary run, DateTimeOffset? at, string? stale)
    {
        if (stale is not (null or Mark or Refuse))
            throw HttpErrors.BadRequest($"stale is {Mark} or {Refuse}.");
        var age = (at ?? time.GetUtcNow()) - run.IssueTime;
        var isStale = age > Limit(run);
        if (isStale && stale == Refuse)
            throw HttpErrors.NotFound(
                $"The newest forecast of {run.Grid} is of {Times.Iso(run.IssueTime)}, {age.TotalMinutes:0} minutes before: older than "
                    + $"{Limit(run).TotalMinutes:0}.");
        // RFC 7234, 5.5.1: 110 is "response is stale"; the header is history in RFC 9111, but the programs that look for one look for this.
        if (isStale)
            response.Headers.Warning = $"110 - \"The forecast is of {Times.Iso(run.IssueTime)}\"";
        return new(run.Grid, run.RunId, run.IssueTime.UtcDateTime, run.Method, run.ModelVersion, Math.Round(age.TotalMinutes, 1), isStale);
    }

    /// <summary>As set; else twice the step of the maps and an hour.</summary>
    private TimeSpan Limit(RunSummary run) => settings.StaleMinutes is { } minutes
        ? TimeSpan.FromMinutes(minutes)
        : TimeSpan.FromHours(1) + (2 * TimeSpan.FromSeconds(run.LeadSeconds[0]));
}
