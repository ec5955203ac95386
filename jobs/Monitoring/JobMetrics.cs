using System.Diagnostics;
using System.Diagnostics.Metrics;
using ConvLstm.Nowcast.Storage.Jobs;

namespace ConvLstm.Nowcast.Jobs.Monitoring;

/// <summary>The instruments of the jobs.</summary>
internal static class JobMetrics
{
    private static readonly Counter<long> Runs = NowcastMeter.Instance.CreateCounter<long>("nowcast.job.runs", description: "Runs of jobs that ended.");
    private static readonly Histogram<double> Durations = NowcastMeter.Instance.CreateHistogram<double>("nowcast.job.duration", "s", "How long runs of jobs took.");
    private static readonly UpDownCounter<long> AtWork = NowcastMeter.Instance.CreateUpDownCounter<long>("nowcast.job.running", description: "Runs of jobs at work in this server.");

    /// <summary>Counts a run as at work until disposed.</summary>
    internal static IDisposable Begin(string job) => new Running(job);

    internal static void End(string job, JobOutcome outcome, TimeSpan duration)
    {
        var tags = new TagList { { "job", job }, { "outcome", outcome.ToString().ToLowerInvariant() } };
        Runs.Add(1, tags);
        Durations.Record(duration.TotalSeconds, tags);
    }

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
