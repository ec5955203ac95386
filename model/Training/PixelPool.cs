using ConvLstm.Nowcast.Model.Networks;

namespace ConvLstm.Nowcast.Model.Training;

/// <summary>
/// Pixels of many windows, each with its features, a lead and what came true. Neighbouring pixels tell the same story, and heavy rain is
/// rare: so few are taken of each window, as many of heavy rain as of light, and each weighs as many pixels as it stands for (stratified
/// sampling, Cochran 1977, chapter 5).
/// </summary>
internal sealed class PixelPool : IDisposable
{
    /// <summary>Leads drawn of each batch of windows.</summary>
    private const int Leads = 4;

    /// <summary>
    /// Where strata begin: rain in multiples of the normalisation's scale (0.1 mm/h), at the pixel when the lead comes or around it
    /// before.
    /// </summary>
    private static readonly double[] Strata = [0.2, 5, 30];

    /// <summary>Pixels of each stratum, dry ones first, for a window and a lead.</summary>
    private static readonly int[] Quotas = [32, 96, 136, 136];

    /// <summary>A pixel that stands for very many would drown the rest.</summary>
    private const float LargestWeight = 8;

    private readonly List<Pixels> _parts = [];
    private Pixels? _all;

    /// <param name="Rain">(pixels, <see cref="RainFeatures.RainChannels"/>).</param>
    /// <param name="PerThreshold">(pixels, thresholds, <see cref="RainFeatures.ThresholdChannels"/>).</param>
    /// <param name="Minutes">(pixels): the lead.</param>
    /// <param name="Truth">(pixels, 1): normalised rain.</param>
    /// <param name="Weight">(pixels, 1).</param>
    internal sealed record Pixels(Tensor Rain, Tensor PerThreshold, Tensor Minutes, Tensor Truth, Tensor Weight)
    {
        internal Pixels Rows(Tensor indices) => Each(t => t.index_select(0, indices));

        internal Pixels Each(Func<Tensor, Tensor> change) =>
            new(change(Rain), change(PerThreshold), change(Minutes), change(Truth), change(Weight));

        internal IEnumerable<Tensor> Tensors => [Rain, PerThreshold, Minutes, Truth, Weight];
    }

    /// <summary>Windows that pixels were taken of.</summary>
    internal int Windows { get; private set; }

    internal void Add(LagrangianNetwork network, TrainingBatch batch, Random random)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var pixels = ExceedancePixels.Of(batch.Frames.narrow(1, 0, batch.Past), network.Options, batch.Leads);
        Windows += (int)batch.Frames.shape[0];
        if (pixels.Rain.shape[0] == 0)
            return;
        var surroundings = RainFeatures.RainOf(pixels.Rain.select(1, RainFeatures.Surroundings));
        var seen = pixels.Rain.select(1, RainFeatures.Observed);
        var steps = Enumerable.Range(1, batch.Leads.Furthest).ToArray();
        random.Shuffle(steps);
        foreach (var step in steps.Take(Leads))
        {
            var then = batch.Frames.select(1, batch.Past + step - 1).reshape(-1, 2).index_select(0, pixels.Places!);
            var rain = (then.select(1, 0) * network.Options.LogRange).expm1();
            var (rows, weights) = Draw(rain.maximum(surroundings).ToFloats(),
                (then.select(1, 1) * seen).ToFloats(), (int)batch.Frames.shape[0], random);
            if (rows.Length == 0)
                continue;
            var indices = tensor(rows, [rows.Length]);
            _parts.Add(new Pixels(
                pixels.Rain.index_select(0, indices), pixels.PerThreshold.index_select(0, indices),
                full([rows.Length], (float)(step * batch.StepMinutes)),
                then.narrow(1, 0, 1).index_select(0, indices), tensor(weights, [rows.Length, 1])).Each(t => t.DetachFromDisposeScope()));
        }
    }

    /// <summary>Pixels at random, with replacement.</summary>
    internal Pixels Draw(int count, Random random)
    {
        var pool = _all ??= Merged();
        var size = pool.Rain.shape[0];
        return pool.Rows(tensor(Enumerable.Range(0, count).Select(_ => random.NextInt64(size)).ToArray(), [count]));
    }

    /// <summary>Whether any pixel was taken.</summary>
    internal bool IsEmpty => _parts.Count == 0 && _all is null;

    public void Dispose()
    {
        foreach (var tensor in _parts.Append(_all).OfType<Pixels>().SelectMany(p => p.Tensors))
            tensor.Dispose();
    }

    private Pixels Merged()
    {
        using var scope = NewDisposeScope();
        Tensor Column(Func<Pixels, Tensor> of) => cat([.. _parts.Select(of)], 0);
        var weight = Column(p => p.Weight);
        var merged = new Pixels(Column(p => p.Rain), Column(p => p.PerThreshold), Column(p => p.Minutes), Column(p => p.Truth),
            (weight / weight.mean()).clamp(max: LargestWeight));
        foreach (var tensor in _parts.SelectMany(p => p.Tensors))
            tensor.Dispose();
        _parts.Clear();
        return merged.Each(t => t.DetachFromDisposeScope());
    }

    private static (long[] Rows, float[] Weights) Draw(float[] wetness, float[] observed, int windows, Random random)
    {
        var strata = Enumerable.Range(0, Quotas.Length).Select(_ => new List<long>()).ToArray();
        for (var i = 0; i < wetness.Length; i++)
        {
            if (observed[i] > 0.5f)
                strata[Strata.Count(edge => wetness[i] >= edge)].Add(i);
        }
        var known = strata.Sum(s => s.Count);
        var (rows, weights) = (new List<long>(), new List<float>());
        foreach (var (stratum, quota) in strata.Zip(Quotas))
        {
            var drawn = Math.Min(quota * windows, stratum.Count);
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
