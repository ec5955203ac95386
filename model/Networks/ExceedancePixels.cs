namespace ConvLstm.Nowcast.Model.Networks;

/// <summary>
/// The features of the pixels of a batch, one pixel a row; far from any rain there is nothing to compute, and such pixels are left out.
/// </summary>
/// <param name="Rain">(pixels, <see cref="RainFeatures.RainChannels"/>).</param>
/// <param name="PerThreshold">(pixels, thresholds, <see cref="RainFeatures.ThresholdChannels"/>).</param>
internal sealed record ExceedancePixels(Tensor Rain, Tensor PerThreshold)
{
    /// <summary>The log-odds of any rain where none is near.</summary>
    internal const float Dry = -16;

    /// <summary>The pixels that are here, by their place in the images; null where all are.</summary>
    internal Tensor? Places { get; private init; }

    /// <summary>For each place the row that is its pixel; one past the last where it was left out.</summary>
    private Tensor? Rows { get; init; }

    private (long Batch, long Height, long Width) Images { get; init; }

    internal static ExceedancePixels Of(Tensor past, NetworkOptions options, LeadTimes leads)
    {
        using var scope = NewDisposeScope();
        var features = RainFeatures.Of(past, options, leads);
        var (rain, perThreshold) = (leads.SampledPixels.Of(features.Rain, 2, 3), leads.SampledPixels.Of(features.PerThreshold, 2, 3));
        var s = rain.shape;
        var rows = rain.permute(0, 2, 3, 1).reshape(-1, s[1]);
        var rowsPerThreshold = perThreshold.reshape(s[0], options.Thresholds.Count, RainFeatures.ThresholdChannels, s[2], s[3])
            .permute(0, 3, 4, 1, 2).reshape(-1, options.Thresholds.Count, RainFeatures.ThresholdChannels);
        var all = new ExceedancePixels(rows, rowsPerThreshold) { Images = (s[0], s[2], s[3]) };
        var chosen = is_grad_enabled() ? all : all.Near();
        return chosen.MoveToOuterDisposeScope();
    }

    private ExceedancePixels MoveToOuterDisposeScope()
    {
        foreach (var tensor in new[] { Rain, PerThreshold, Places, Rows })
            tensor?.MoveToOuterDisposeScope();
        return this;
    }

    /// <summary>Consecutive pixels, at most so many at once.</summary>
    internal IEnumerable<ExceedancePixels> Parts(int most)
    {
        var count = Rain.shape[0];
        for (long start = 0; start < count || start == 0; start += most)
        {
            var length = Math.Min(most, count - start);
            yield return new(Rain.narrow(0, start, length), PerThreshold.narrow(0, start, length))
            {
                Places = Places?.narrow(0, start, length) ?? arange(start, start + length, int64, Rain.device), Images = Images,
            };
        }
    }

    /// <summary>Images (batch, channels, H, W) as rows (pixels of the images, channels).</summary>
    internal static Tensor Fold(Tensor images) => images.permute(0, 2, 3, 1).reshape(-1, images.shape[1]);

    /// <summary>The rows of these pixels among those of all.</summary>
    internal Tensor Among(Tensor rows) => rows.shape[0] == Rain.shape[0] ? rows : rows.index_select(0, Places!);

    /// <summary>Log-odds (pixels here, thresholds) to (batch, H, W, thresholds).</summary>
    internal Tensor Scatter(Tensor logOdds)
    {
        var thresholds = logOdds.shape[1];
        var all = Rows is null ? logOdds : cat([logOdds, full([1, thresholds], Dry, device: logOdds.device)], 0).index_select(0, Rows);
        return all.view(Images.Batch, Images.Height, Images.Width, thresholds);
    }

    /// <summary>Maps of leads to (batch, lead, H, W, thresholds).</summary>
    internal static Tensor Unfold(Tensor[] maps) => stack(maps, 1);

    /// <summary>Whether rain is near: of rows (pixels, …) or of images (batch, …, H, W) of <see cref="RainFeatures.Rain"/>.</summary>
    internal static Tensor Near(Tensor rain) => rain.select(1, RainFeatures.Widest).gt(RainFeatures.NoRain);

    private ExceedancePixels Near()
    {
        var near = Near(Rain).cpu().data<bool>().ToArray();
        var places = new List<long>(near.Length);
        var rows = new long[near.Length];
        for (var i = 0; i < near.Length; i++)
        {
            rows[i] = near[i] ? places.Count : -1;
            if (near[i])
                places.Add(i);
        }
        for (var i = 0; i < rows.Length; i++)
            rows[i] = rows[i] < 0 ? places.Count : rows[i];
        var indices = tensor([.. places], [places.Count], device: Rain.device);
        return new(Rain.index_select(0, indices), PerThreshold.index_select(0, indices))
        {
            Places = indices, Rows = tensor(rows, [rows.Length], device: Rain.device), Images = Images,
        };
    }
}
