namespace ConvLstm.Nowcast.Jobs.Workers;

/// <summary>The clock of the service that asked: the machine's, moved where the service's is another.</summary>
internal sealed class ShiftedTime(DateTimeOffset now) : TimeProvider
{
    private TimeSpan _shift = now - System.GetUtcNow();

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + _shift;

    /// <summary>It is this time now.</summary>
    internal void Set(DateTimeOffset now) => _shift = now - System.GetUtcNow();
}
