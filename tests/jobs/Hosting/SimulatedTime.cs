namespace ConvLstm.Nowcast.Tests.Jobs.Hosting;

/// <summary>A clock that goes on when the test says so, with the timers that hang on it.</summary>
internal sealed class SimulatedTime(DateTimeOffset start) : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<SimulatedTimer> _timers = [];
    private DateTimeOffset _now = start;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
            return _now;
    }

    public override long GetTimestamp() => GetUtcNow().UtcTicks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new SimulatedTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Goes on to a time, and fires on the way what is due, in order.</summary>
    internal void GoTo(DateTimeOffset time)
    {
        while (true)
        {
            SimulatedTimer? next;
            lock (_gate)
            {
                next = _timers.Where(t => t.Due <= time).MinBy(t => t.Due);
                if (next is null)
                {
                    _now = time > _now ? time : _now;
                    return;
                }
                _now = next.Due > _now ? next.Due : _now;
                next.MoveOn();
            }
            next.Fire();
        }
    }

    private sealed class SimulatedTimer(SimulatedTime time, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period = Timeout.InfiniteTimeSpan;

        internal DateTimeOffset Due { get; private set; } = DateTimeOffset.MaxValue;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._gate)
            {
                _period = period;
                time._timers.Remove(this);
                if (dueTime == Timeout.InfiniteTimeSpan)
                    return true;
                Due = time._now + dueTime;
                time._timers.Add(this);
                return true;
            }
        }

        public void Dispose()
        {
            lock (time._gate)
                time._timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        internal void MoveOn()
        {
            if (_period > TimeSpan.Zero)
                Due += _period;
            else
                time._timers.Remove(this);
        }

        internal void Fire() => ThreadPool.UnsafeQueueUserWorkItem(_ => callback(state), null);
    }
}
