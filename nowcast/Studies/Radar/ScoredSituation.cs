using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Sequences;
using ConvLstm.Nowcast.Methods;
using ConvLstm.Nowcast.Training;

namespace ConvLstm.Nowcast.Studies.Radar;

/// <summary>A situation that is read once and forecast by several methods, all scored on the pixels whose air was observed.</summary>
internal sealed class ScoredSituation
{
    private readonly RadarSequence _past;
    private readonly IReadOnlyList<RadarFrame> _future;
    private readonly ForecastRequest _request;
    private readonly bool[][] _masks;

    private ScoredSituation(RadarSequence past, IReadOnlyList<RadarFrame> future, CancellationToken cancellation)
    {
        (_past, _future, _request) = (past, future, new(future.Count * past.Step, ForecastRequest.AllThresholds));
        using var scope = NewDisposeScope();
        var air = new Extrapolation().Forecast(past, _request, cancellation).AirFromOutside;
        _masks = [.. future.Select((frame, lead) => Mask(frame, air[lead]))];
    }

    /// <param name="situation">The scans.</param>
    /// <param name="side">Pixels of the window with most rain; 0 for the whole grid.</param>
    /// <param name="cache">Scans that were read before.</param>
    /// <param name="cancellation">Stops the reading.</param>
    internal static ScoredSituation Of(Situation situation, int side, FrameCache cache, CancellationToken cancellation)
    {
        var whole = situation.Past(Situations.MostPast, cache, cancellation);
        var window = RadarWindow.Wettest(whole.Frames[^1], side, RandomStream.Of(1, situation.Newest));
        return new(window.Of(whole), window.Of(situation.Future(cache, cancellation)).Frames, cancellation);
    }

    /// <summary>Lead by lead.</summary>
    internal IReadOnlyList<LeadSums> Score(IForecaster method, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        var forecast = method.Forecast(_past, _request, cancellation);
        var sums = new LeadSums[_future.Count];
        var parallel = new ParallelOptions { CancellationToken = cancellation };
        Parallel.For(0, sums.Length, parallel, lead => sums[lead] = LeadSums.Of(forecast, lead, _future[lead].RainRate, _masks[lead]));
        return sums;
    }

    private static bool[] Mask(RadarFrame came, bool[] fromOutside)
    {
        var mask = new bool[came.RainRate.Length];
        for (var i = 0; i < mask.Length; i++)
            mask[i] = !float.IsNaN(came.RainRate[i]) && !fromOutside[i] && !came.IsInterpolated;
        return mask;
    }
}
