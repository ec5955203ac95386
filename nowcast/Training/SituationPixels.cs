using ConvLstm.Nowcast.Cascade;
using ConvLstm.Nowcast.Ingest.Sequences;
using ConvLstm.Nowcast.Methods;
using ConvLstm.Nowcast.Model;
using ConvLstm.Nowcast.Model.Checkpoints;
using ConvLstm.Nowcast.Model.Networks;
using ConvLstm.Nowcast.Motion;

namespace ConvLstm.Nowcast.Training;

/// <summary>
/// Pixels of one situation, each with the channels of <see cref="CascadeFields"/>, a lead and what came true in its air. Neighbouring
/// pixels tell the same story, and heavy rain is rare: so few are taken, as many of heavy rain as of light, and each weighs as many as it
/// stands for (stratified sampling, Cochran 1977, chapter 5).
/// </summary>
/// <param name="Fields">(pixels, channels).</param>
/// <param name="Rain">(pixels): mm/h.</param>
/// <param name="Weight">(pixels): shares of the observed pixels of the situation's leads; they sum to the number of leads taken.</param>
/// <param name="Minutes">(pixels): the lead.</param>
/// <param name="Places">(pixels, 2): where they are in <paramref name="Coarse"/>, x and y in cells; (0, 0) is the centre of the first
/// one.</param>
/// <param name="Coarse">What <see cref="CoarseScans"/> says of the situation.</param>
internal sealed record SituationPixels(Tensor Fields, Tensor Rain, Tensor Weight, Tensor Minutes, Tensor Places, Tensor Coarse)
    : IDisposable
{
    /// <summary>Leads drawn of a situation, evenly.</summary>
    private const int LeadsTaken = 6;

    /// <summary>Where strata begin: mm/h, at the pixel when the lead comes or around it before.</summary>
    private static readonly double[] Strata = [0.02, 0.3, 2];

    /// <summary>Pixels of each stratum, dry ones first, for a lead.</summary>
    private static readonly int[] Quotas = [40, 160, 240, 240];

    /// <param name="situation">The scans.</param>
    /// <param name="side">Pixels of the window with most rain, see <see cref="RadarWindow"/>; 0 for the whole grid.</param>
    /// <param name="cache">Scans that were read before.</param>
    /// <param name="random">Draws the window, the leads and the pixels.</param>
    /// <param name="cancellation">Stops between two leads.</param>
    internal static SituationPixels? Draw(Situation situation, int side, FrameCache cache, Random random, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var whole = situation.Past(Situations.MostPast, cache, cancellation);
        var window = RadarWindow.Wettest(whole.Frames[^1], side, random);
        var past = window.Of(whole);
        var scans = AlignedScans.Of(past, Math.Min(past.Frames.Count, Situations.MostPast), 1, cancellation);
        using var fields = new ClassicalFields(scans.Rain, past.Grid, past.Step);
        var future = window.Of(situation.Future(cache, cancellation)).Frames;
        var cell = CoarseScans.Cell(past.Grid);
        var ahead = SemiLagrangian.Displacements(scans.Motion.neg(), situation.Leads);
        var surroundings = ((fields.Static[2] * CascadeFields.LogSpan).exp() - CascadeFields.Least).ToFloats();
        var seen = fields.Observed.data<bool>().ToArray();
        var taken = Enumerable.Range(0, LeadsTaken).Select(i => 1 + (int)((i + random.NextDouble()) * situation.Leads / LeadsTaken))
            .Distinct().ToHashSet();
        var (rows, rates, weights, minutes, places) =
            (new List<Tensor>(), new List<float>(), new List<float>(), new List<float>(), new List<float>());
        for (var lead = 1; lead <= situation.Leads; lead++)
        {
            cancellation.ThrowIfCancellationRequested();
            using var inner = NewDisposeScope();
            var maps = fields.NextMaps();
            if (!taken.Contains(lead) || future[lead - 1].IsInterpolated)
                continue;
            // What is to be forecast keeps its extremes.
            var came = tensor(future[lead - 1].RainRate, [past.Grid.Height, past.Grid.Width]);
            var truth = SemiLagrangian.AdvectRain(came, ahead[lead - 1], GridSampleMode.Nearest).ToFloats();
            var (chosen, weight) = DrawRows(truth, surroundings, seen, random);
            if (chosen.Length == 0)
                continue;
            var index = tensor(chosen, [chosen.Length]);
            var scalars = tensor(fields.Scalars(lead), [1, CascadeFields.Scalars]).expand(chosen.Length, CascadeFields.Scalars);
            rows.Add(cat([At(fields.Static, index), At(maps, index), scalars], 1).MoveToOuterDisposeScope());
            rates.AddRange(chosen.Select(i => truth[i]));
            weights.AddRange(weight);
            minutes.AddRange(Enumerable.Repeat((float)(lead * past.Step.TotalMinutes), chosen.Length));
            places.AddRange(chosen.SelectMany(i =>
                new[] { InCells(i % past.Grid.Width, cell.Column), InCells(i / past.Grid.Width, cell.Row) }));
        }
        return rows.Count == 0 ? null : new(
            cat(rows, 0).DetachFromDisposeScope(), Detached([.. rates]), Detached([.. weights]), Detached([.. minutes]),
            tensor([.. places], [rates.Count, 2]).DetachFromDisposeScope(), CoarseScans.Of(scans.Rain, past.Grid).DetachFromDisposeScope());
    }

    private static float InCells(long pixel, int cell) => (float)(((pixel + 0.5) / cell) - 0.5);

    /// <summary>Keeps the pixels in a file, so that a long collection can be interrupted.</summary>
    internal void Save(string path, IReadOnlyDictionary<string, string> about) => SafeTensors.Write(
        path, new Dictionary<string, Tensor>
        {
            ["fields"] = Fields, ["rain"] = Rain, ["weight"] = Weight, ["minutes"] = Minutes, ["places"] = Places, ["coarse"] = Coarse,
        }, about);

    internal static SituationPixels Load(string path)
    {
        var (tensors, _) = SafeTensors.Read(path);
        return new(tensors["fields"], tensors["rain"], tensors["weight"], tensors["minutes"], tensors["places"], tensors["coarse"]);
    }

    public void Dispose()
    {
        foreach (var tensor in new[] { Fields, Rain, Weight, Minutes, Places, Coarse })
            tensor.Dispose();
    }

    private static Tensor Detached(float[] values) => tensor(values, [values.Length]).DetachFromDisposeScope();

    /// <summary>(C, H, W) at pixels: (pixels, C).</summary>
    private static Tensor At(Tensor maps, Tensor index) => maps.flatten(1).index_select(1, index).transpose(0, 1).contiguous();

    private static (long[] Rows, float[] Weights) DrawRows(float[] truth, float[] surroundings, bool[] seen, Random random)
    {
        var strata = Enumerable.Range(0, Quotas.Length).Select(_ => new List<long>()).ToArray();
        for (var i = 0; i < truth.Length; i++)
        {
            var wetness = Math.Max(truth[i], surroundings[i]);
            if (seen[i] && !float.IsNaN(truth[i]))
                strata[Strata.Count(edge => wetness >= edge)].Add(i);
        }
        var known = strata.Sum(s => s.Count);
        var (rows, weights) = (new List<long>(), new List<float>());
        foreach (var (stratum, quota) in strata.Zip(Quotas))
        {
            var drawn = Math.Min(quota, stratum.Count);
            for (var i = 0; i < drawn; i++)
            {
                var other = random.Next(i, stratum.Count);
                (stratum[i], stratum[other]) = (stratum[other], stratum[i]);
                rows.Add(stratum[i]);
                weights.Add(stratum.Count / (float)drawn / known);
            }
        }
        return ([.. rows], [.. weights]);
    }
}
