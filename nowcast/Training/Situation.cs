using ConvLstm.Nowcast.Ingest.Sequences;

namespace ConvLstm.Nowcast.Training;

/// <summary>One newest scan to forecast from, with what came after it.</summary>
/// <param name="Event">The weather that it belongs to, by its number.</param>
/// <param name="Series">Scans at the step of the forecast.</param>
/// <param name="Newest">The index of the newest scan.</param>
/// <param name="Leads">Steps that can be verified.</param>
internal sealed record Situation(int Event, ScanSeries Series, int Newest, int Leads)
{
    /// <summary>The newest scans, and how many there may be at most.</summary>
    internal RadarSequence Past(int most, FrameCache cache, CancellationToken cancellation)
    {
        var count = Math.Min(most, Newest + 1);
        return Series.Load(Newest + 1 - count, count, cache, cancellation);
    }

    /// <summary>What came, lead by lead.</summary>
    internal RadarSequence Future(FrameCache cache, CancellationToken cancellation) => Series.Load(Newest + 1, Leads, cache, cancellation);
}
