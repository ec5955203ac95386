namespace ConvLstm.Nowcast.Jobs.Heavy;

/// <summary>The clock of the service that asked: the machine's, moved where the service's is another.</summary>
internal sealed class ShiftedTime(DateTimeOffset now) : TimeProvider
{
    private readonly TimeSpan _shift = now - System.GetUtcNow();

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + _shift;
}
