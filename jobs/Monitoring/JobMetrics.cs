using System.Diagnostics;
using System.Diagnostics.Metrics;
using ConvLstm.Nowcast.Storage.Jobs;

namespace ConvLstm.Nowcast.Jobs.Monitoring;

/// <summary>The instruments of the jobs.</summary>
internal static class JobMetrics
{
    internal const string DurationName = "nowcast.job.duration";

    private static readonly Counter<long> Runs =
        NowcastMeter.Instance.CreateCounter<long>("nowcast.job.runs", description: "Runs of jobs that ended.");
    private static readonly Histogram<double> Durations =
        NowcastMeter.Instance.CreateHistogram<double>(DurationName, "s", "How long runs of jobs took.");
    private static readonly UpDownCounter<long> AtWork =
        NowcastMeter.Instance.CreateUpDownCounter<long>("nowcast.job.running", description: "Runs of jobs at work in this server.");

    /// <summary>Counts of runs begin at 0, so that the first one is seen as a change.</summary>
    internal static void Declare(IEnumerable<string> jobs)
    {
        foreach (var job in jobs)
        {
            AtWork.Add(0, new KeyValuePair<string, object?>("job", job));
            foreach (var outcome in Enum.GetValues<JobOutcome>())
                Runs.Add(0, new TagList { { "job", job }, { "outcome", Name(outcome) } });
        }
    }

    /// <summary>Counts a run as at work until disposed.</summary>
    internal static IDisposable Begin(string job) => new Running(job);

    internal static void End(string job, JobOutcome outcome, TimeSpan duration)
    {
        var tags = new TagList { { "job", job }, { "outcome", Name(outcome) } };
        Runs.Add(1, tags);
        Durations.Record(duration.TotalSeconds, tags);
    }

    private static string Name(JobOutcome outcome) => outcome.ToString().ToLowerInvariant();

    private sealed class Running : IDisposable
    {
        private readonly KeyValuePair<string, object?> _job;

        internal Running(string job)
        {
            _job = new("job", job);
            AtWork.Add(1, _job);
        }

        public void Dispose() => AtWork.Add(-1, _job);
    }
}
