using ConvLstm.Nowcast.Cascade;
using ConvLstm.Nowcast.Ingest.Sequences;
using ConvLstm.Nowcast.Model.Networks;
using ConvLstm.Nowcast.Motion;
using ConvLstm.Nowcast.Training;

namespace ConvLstm.Nowcast.Methods;

/// <summary>
/// A cascade network's probabilities: the classical fields of a situation in the frame of the rain, lead by lead, what the network makes of them, and
/// its probabilities advected to the lead.
/// </summary>
/// <param name="network">Gives log-odds of <paramref name="rates"/>.</param>
/// <param name="rates">The rungs of its ladder, mm/h.</param>
internal sealed class CascadeForecast(CascadeNetwork network, float[] rates)
{
    /// <summary>Pixels taken at once: their inner values stay in the processor's cache.</summary>
    private const int Chunk = 16384;

    /// <summary>Log-odds of any rain where none is near.</summary>
    private const float Dry = -16;

    /// <summary>Rain averaged over the largest box, mm/h, below which none is near.</summary>
    private const double NoRain = 1e-4;

    internal RainForecast Make(RadarSequence past, ForecastRequest request, ForecastProvenance provenance, CancellationToken cancellation)
    {
        var leads = Scans.Leads(past, request);
        var device = network.parameters().First().device;
        var scans = AlignedScans.Of(past, Math.Min(past.Frames.Count, Situations.MostPast), leads.Length, cancellation);
        using var fields = new ClassicalFields(scans.Rain, past.Grid, past.Step);
        var newest = scans.Rain[scans.Rain.shape[0] - 1];
        var places = Near(fields);
        var still = fields.Static.flatten(1).index_select(1, places.Near);
        var ladder = new LadderForecast(past.Grid, past.Frames[^1], rates);
        var maps = new LadderForecast.Map[leads.Length];
        var unknown = new bool[leads.Length][];
        for (var lead = 0; lead < leads.Length; lead++)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var moving = fields.NextMaps().flatten(1).index_select(1, places.Near);
            var probabilities = Probabilities(still, moving, fields.Scalars(lead + 1), places, past.Grid.Height, past.Grid.Width, device);
            var extrapolated = SemiLagrangian.AdvectRain(newest, scans.Displacements[lead]).data<float>().ToArray();
            unknown[lead] = Array.ConvertAll(extrapolated, float.IsNaN);
            var advected = SemiLagrangian.Advect(probabilities.unsqueeze(0), scans.Displacements[lead]);
            maps[lead] = ladder.At(advected.data<float>().ToArray(), Array.ConvertAll(unknown[lead], u => !u), request.Thresholds, extrapolated);
        }
        return new RainForecast
        {
            Grid = past.Grid, IssueTime = past.IssueTime, LeadTimes = leads, RainRate = [.. maps.Select(m => m.Rate)], MeanRate = [.. maps.Select(m => m.Mean)],
            Thresholds = request.Thresholds, AirFromOutside = unknown, Provenance = provenance,
            ExceedanceProbability = [.. request.Thresholds.Select((_, t) => (IReadOnlyList<float[]>)[.. maps.Select(m => m.Exceedance[t])])],
        };
    }

    /// <summary>The pixels that have rain within the largest box, and for each pixel its place among them: one past the last where it has none.</summary>
    private static (Tensor Near, Tensor Rows) Near(ClassicalFields fields)
    {
        var widest = fields.Static[CascadeFields.Widest].data<float>().ToArray();
        var least = (float)(Math.Log(CascadeFields.Least + NoRain) / CascadeFields.LogSpan);
        var near = new List<long>(widest.Length);
        var rows = new long[widest.Length];
        for (var i = 0; i < widest.Length; i++)
        {
            rows[i] = widest[i] > least ? near.Count : -1;
            if (rows[i] >= 0)
                near.Add(i);
        }
        for (var i = 0; i < rows.Length; i++)
            rows[i] = rows[i] < 0 ? near.Count : rows[i];
        return (tensor([.. near], [near.Count]), tensor(rows, [rows.Length]));
    }

    /// <summary>(thresholds, H, W).</summary>
    private Tensor Probabilities(Tensor still, Tensor moving, float[] scalars, (Tensor Near, Tensor Rows) places, int height, int width, Device device)
    {
        var count = places.Near.shape[0];
        var shared = tensor(scalars, [scalars.Length, 1]);
        var found = new List<Tensor>();
        for (long start = 0; start < count; start += Chunk)
        {
            using var scope = NewDisposeScope();
            var length = Math.Min(Chunk, count - start);
            var channels = cat([still.narrow(1, start, length), moving.narrow(1, start, length), shared.expand(scalars.Length, length)]);
            found.Add(network.call(channels.transpose(0, 1).to(device), LeadTimes.Every(1, 1)).cpu().transpose(0, 1).contiguous().MoveToOuterDisposeScope());
        }
        found.Add(full([rates.Length, 1], Dry));
        return cat(found, 1).index_select(1, places.Rows).sigmoid().view(rates.Length, height, width);
    }
}
