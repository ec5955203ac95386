using ConvLstm.Nowcast.Cascade;
using ConvLstm.Nowcast.Ingest;
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
    /// <summary>
    /// The time, minutes, in which the forecast passes from the classical one to the learned one: what these scans show of the next minutes is worth more than
    /// what other events taught of them.
    /// </summary>
    private const double ClassicalMinutes = 10;

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
        var still = Still(fields.Static, places.Near, device);
        var memory = Memory(scans.Rain, past, leads);
        var cells = memory is null ? null : Cells(places.Near, past.Grid).to(device);
        var ladder = new LadderForecast(past.Grid, past.Frames[^1], rates);
        var maps = new LadderForecast.Map[leads.Length];
        var unknown = new bool[leads.Length][];
        for (var lead = 0; lead < leads.Length; lead++)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var moving = fields.NextMaps().flatten(1).index_select(1, places.Near).transpose(0, 1).contiguous().to(device);
            var remembered = memory is null ? null : memory.narrow(0, lead, 1);
            var probabilities = Probabilities(still, moving, fields.Scalars(lead + 1), remembered, cells, places.Rows, leads[lead])
                .view(rates.Length, past.Grid.Height, past.Grid.Width);
            var extrapolated = SemiLagrangian.AdvectRain(newest, scans.Displacements[lead]).data<float>().ToArray();
            unknown[lead] = Array.ConvertAll(extrapolated, float.IsNaN);
            var advected = SemiLagrangian.Advect(probabilities.unsqueeze(0), scans.Displacements[lead]);
            maps[lead] = ladder.At(advected.data<float>().ToArray(), Array.ConvertAll(unknown[lead], u => !u), request.Thresholds, new(extrapolated, leads[lead]));
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

    /// <summary>What the first layer makes of the channels that all leads share, of the pixels near rain: (pixels, width).</summary>
    private Tensor Still(Tensor channels, Tensor near, Device device)
    {
        using var scope = NewDisposeScope();
        var (all, parts) = (channels.flatten(1), new List<Tensor>());
        foreach (var (start, length) in Chunks(near.shape[0]))
        {
            using var inner = NewDisposeScope();
            parts.Add(network.Still(all.index_select(1, near.narrow(0, start, length)).transpose(0, 1).contiguous().to(device)).MoveToOuterDisposeScope());
        }
        return (parts.Count == 0 ? zeros([0, 1]) : cat(parts, 0)).MoveToOuterDisposeScope();
    }

    /// <summary>What the ConvLSTM says of each lead; null where it has nothing to say.</summary>
    private Tensor? Memory(Tensor aligned, RadarSequence past, TimeSpan[] leads) => !network.Remembers ? null : network.Memory.Of(
        CoarseScans.Of(aligned, past.Grid).to(network.parameters().First().device), past.Step.TotalMinutes, [.. leads.Select(l => l.TotalMinutes)]);

    /// <summary>Where pixels lie among the cells that the ConvLSTM reads: (pixels, 2).</summary>
    private static Tensor Cells(Tensor pixels, RadarGrid grid)
    {
        using var scope = NewDisposeScope();
        var (row, column) = CoarseScans.Cell(grid);
        var across = pixels.remainder(grid.Width);
        var down = (pixels - across).to_type(float64) / grid.Width;
        Tensor In(Tensor index, int cell) => (((index + 0.5) / cell) - 0.5).to_type(float32);
        return stack([In(across.to_type(float64), column), In(down, row)], 1).MoveToOuterDisposeScope();
    }

    private static IEnumerable<(long Start, long Length)> Chunks(long count)
    {
        for (long start = 0; start < count; start += Chunk)
            yield return (start, Math.Min(Chunk, count - start));
    }

    /// <summary>(thresholds, pixels).</summary>
    private Tensor Probabilities(Tensor still, Tensor moving, float[] scalars, Tensor? remembered, Tensor? cells, Tensor rows, TimeSpan lead)
    {
        var shared = tensor(scalars, [1, scalars.Length], device: moving.device);
        var trust = 1 - Math.Exp(-lead.TotalMinutes / ClassicalMinutes);
        var found = new List<Tensor>();
        foreach (var (start, length) in Chunks(moving.shape[0]))
        {
            using var scope = NewDisposeScope();
            var said = remembered is null ? null : CascadeMemory.At(remembered, cells!.narrow(0, start, length));
            var logOdds = network.LogOdds(still.narrow(0, start, length), moving.narrow(0, start, length), shared, said, trust);
            found.Add(logOdds.cpu().transpose(0, 1).contiguous().MoveToOuterDisposeScope());
        }
        found.Add(full([rates.Length, 1], Dry));
        return cat(found, 1).index_select(1, rows).sigmoid();
    }
}
