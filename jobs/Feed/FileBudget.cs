using System.Diagnostics;

namespace ConvLstm.Nowcast.Jobs.Feed;

/// <summary>The time that decoding one file may take in all, over its opening and its scans.</summary>
internal sealed class FileBudget(TimeSpan limit)
{
    private TimeSpan _left = limit;

    internal bool IsSpent { get; private set; }

    /// <summary>Runs the clock until disposed; calls <paramref name="whenSpent"/> where the limit passes before.</summary>
    internal IDisposable Spend(Action whenSpent) => new Clock(this, whenSpent);

    private sealed class Clock : IDisposable
    {
        private readonly FileBudget _budget;
        private readonly long _start = Stopwatch.GetTimestamp();
        private readonly Timer _timer;

        internal Clock(FileBudget budget, Action whenSpent)
        {
            _budget = budget;
            _timer = new Timer(_ =>
            {
                budget.IsSpent = true;
                whenSpent();
            }, null, budget._left > TimeSpan.Zero ? budget._left : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }

        public void Dispose()
        {
            _timer.Dispose();
            _budget._left -= Stopwatch.GetElapsedTime(_start);
        }
    }
}
