namespace ConvLstm.Nowcast.Jobs.Monitoring;

/// <summary>
/// The questions that the web service asks the database again and again, one after the other: an idle service then holds one connection for
/// them, where each had its own as soon as two came at the same moment.
/// </summary>
internal sealed class RecurringQuestions : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>Waits for the turn, which ends when the result is disposed of.</summary>
    internal async Task<IDisposable> TurnAsync(CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        return new Turn(_turn);
    }

    public void Dispose() => _turn.Dispose();

    private sealed class Turn(SemaphoreSlim turn) : IDisposable
    {
        public void Dispose() => turn.Release();
    }
}
