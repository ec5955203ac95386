using ConvLstm.Nowcast.Ingest.Sequences;
using ConvLstm.Nowcast.Model;
using ConvLstm.Nowcast.Motion;

namespace ConvLstm.Nowcast.Methods;

/// <summary>A forecast from log-odds in the frame of the rain: to probabilities, advected to each lead, and rates read off them.</summary>
/// <param name="past">The scans.</param>
/// <param name="request">Leads and thresholds.</param>
/// <param name="rates">mm/h: what the log-odds are of, rising.</param>
internal sealed class AdvectedExceedance(RadarSequence past, ForecastRequest request, float[] rates)
{
    /// <summary>
    /// Whether the maps show the area of the newest rain (<see cref="ShownArea"/>), or that with the best expected score.
    /// </summary>
    internal bool ShowsNewestArea { get; init; }

    /// <param name="logOdds">Of a lead, counted from 0 and asked for one after the other: (thresholds, H, W).</param>
    /// <param name="newest">The newest scan, (H, W) in mm/h; NaN where not observed.</param>
    /// <param name="displacements">For each lead, where the air of a pixel was.</param>
    /// <param name="provenance">Method, version and inputs.</param>
    /// <param name="cancellation">Stops between two leads.</param>
    internal RainForecast Make(
        Func<int, Tensor> logOdds, Tensor newest, IReadOnlyList<Tensor> displacements, ForecastProvenance provenance,
            CancellationToken cancellation)
    {
        var leads = Scans.Leads(past, request);
        var ladder = new ExceedanceMaps(past.Grid, past.Frames[^1], rates);
        var maps = new ExceedanceMaps.Map[leads.Length];
        var unknown = new bool[leads.Length][];
        var probabilities = new float[rates.Length * past.Grid.PixelCount];
        for (var lead = 0; lead < leads.Length; lead++)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var extrapolated = SemiLagrangian.AdvectRain(newest, displacements[lead]).ToFloats();
            unknown[lead] = Array.ConvertAll(extrapolated, float.IsNaN);
            SemiLagrangian.Advect(logOdds(lead).sigmoid().unsqueeze(0).contiguous(), displacements[lead]).CopyFloats(probabilities);
            maps[lead] = ladder.At(
                probabilities, Array.ConvertAll(unknown[lead], u => !u), request.Thresholds,
                    ShowsNewestArea ? new(extrapolated, leads[lead]) : null);
        }
        return new RainForecast
        {
            Grid = past.Grid,
            IssueTime = past.IssueTime,
            LeadTimes = leads,
            RainRate = [.. maps.Select(m => m.Rate)],
            MeanRate = [.. maps.Select(m => m.Mean)],
            Thresholds = request.Thresholds,
            ExceedanceProbability = [
                .. request.Thresholds.Select((_, t) => (IReadOnlyList<float[]>)[.. maps.Select(m => m.Exceedance[t])])],
            AirFromOutside = unknown,
            Provenance = provenance,
        };
    }
}
