namespace ConvLstm.Nowcast.Studies.Search;

/// <summary>
/// A clock whose stopwatch counts what this process has used of the processors, in seconds of one core: trials that are given so many
/// seconds learn as much on a busy machine as on an idle one, only later. The date is that of the system.
/// </summary>
public sealed class ProcessorTime : TimeProvider
{
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Environment.CpuUsage.TotalTime.Ticks;
}
