using ConvLstm.Nowcast.Ensemble;
using ConvLstm.Nowcast.Storage.Queries;

namespace ConvLstm.Nowcast.Jobs.Web.Frames;

/// <summary>
/// One of the rains that the probabilities of a run allow. The database keeps the probabilities and not the members of an ensemble, so
/// a member is drawn: a Gaussian field that hangs together in space and time gives each pixel its quantile, and the
/// exceedance probabilities give the rate at it (a Gaussian copula; Clark et al. 2004,
/// doi:10.1175/1525-7541(2004)005%3C0243:TSSAMF%3E2.0.CO;2, reorder an ensemble to the same end). The same number is the same member,
/// whoever asks.
/// </summary>
internal static class DrawnMember
{
    /// <summary>The field's likeness from one lead to the next.</summary>
    private const float Persistence = 0.9f;

    /// <summary>Widths of the smoothed noises that are added up, in pixels.</summary>
    private static readonly int[] Widths = [33, 11];

    /// <param name="maps">All leads of the run.</param>
    /// <param name="member">The seed.</param>
    /// <param name="lead">The map that is wanted.</param>
    internal static byte[] Draw(PackedRun maps, int member, int lead)
    {
        var (width, height) = (maps.Grid.Width, maps.Grid.Height);
        var random = new Random(unchecked((int)((maps.Run.RunId * 1009) + member)));
        float[]? field = null;
        for (var step = 0; step <= lead; step++)
        {
            var noise = CorrelatedNoise.Make(random, width, height, Widths);
            if (field is null)
                field = noise;
            else
                for (var i = 0; i < field.Length; i++)
                    field[i] = (Persistence * field[i]) + (MathF.Sqrt(1 - (Persistence * Persistence)) * noise[i]);
        }
        var codes = new byte[field!.Length];
        var quantile = new DistributionQuantile(maps.Run.Thresholds);
        Span<float> ladder = stackalloc float[maps.Run.Thresholds.Length];
        for (var pixel = 0; pixel < codes.Length; pixel++)
            codes[pixel] = RainCode.OfRate(Rate(maps, quantile, ladder, lead, pixel, Exceedance(field[pixel])));
        return codes;
    }

    /// <summary>The rate that is exceeded with a probability; the map's own where the run has no probabilities there.</summary>
    private static float Rate(PackedRun maps, DistributionQuantile quantile, Span<float> ladder, int lead, int pixel, float exceedance)
    {
        if (maps.Rate(lead, pixel) is not { } rate)
            return float.NaN;
        for (var i = 0; i < ladder.Length; i++)
        {
            if (maps.Probability(i, lead, pixel) is not { } probability)
                return rate;
            ladder[i] = probability;
        }
        return ladder.IsEmpty ? rate : Math.Min(RainCode.HighestMmH, quantile.Rate(ladder, exceedance));
    }

    /// <summary>1 − Φ(z), by the logistic approximation of Bowling et al. 2009, at most 0.0001 off.</summary>
    private static float Exceedance(float z) => 1 / (1 + MathF.Exp((0.07056f * z * z * z) + (1.5976f * z)));
}
