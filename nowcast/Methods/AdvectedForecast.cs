using ConvLstm.Nowcast.Ingest.Sequences;
using ConvLstm.Nowcast.Model;

namespace ConvLstm.Nowcast.Methods;

/// <summary>A forecast that is the newest rain, moved or not, with local exceedance probabilities.</summary>
internal static class AdvectedForecast
{
    /// <param name="past">The scans; the newest gives the climatology of the probabilities.</param>
    /// <param name="request">Leads and thresholds.</param>
    /// <param name="provenance">Method, version and inputs.</param>
    /// <param name="rainAt">The rain at a lead, counted from 0: (H, W), NaN where the air is not known.</param>
    /// <param name="cancellation">Stops between two leads.</param>
    internal static RainForecast Make(
        RadarSequence past, ForecastRequest request, ForecastProvenance provenance, Func<int, Tensor> rainAt,
            CancellationToken cancellation)
    {
        var leads = Scans.Leads(past, request);
        var newest = past.Frames[^1];
        var local = new LocalExceedance(newest.Grid, tensor(newest.RainRate, [newest.Grid.Height, newest.Grid.Width]), request.Thresholds);
        var rates = new float[leads.Length][];
        var probabilities = request.Thresholds.Select(_ => new float[leads.Length][]).ToArray();
        for (var lead = 0; lead < leads.Length; lead++)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var rain = rainAt(lead);
            rates[lead] = rain.ToFloats();
            var exceedance = local.At(rain, leads[lead]).cpu();
            for (var threshold = 0; threshold < probabilities.Length; threshold++)
                probabilities[threshold][lead] = exceedance[threshold].ToFloats();
        }
        return new RainForecast
        {
            Grid = newest.Grid,
            IssueTime = newest.ValidTime,
            LeadTimes = leads,
            RainRate = rates,
            Thresholds = request.Thresholds,
            ExceedanceProbability = probabilities,
            AirFromOutside = rates.Select(r => Array.ConvertAll(r, float.IsNaN)).ToArray(),
            Provenance = provenance,
        };
    }
}
