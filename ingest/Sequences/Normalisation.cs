using System.Globalization;

namespace ConvLstm.Nowcast.Ingest.Sequences;

/// <summary>
/// From rain rate to the number that a network reads and back: ln(1 + R/r0) / ln(1 + Rmax/r0), 0 for dry and 1 for
/// <see cref="MaxRate"/>; rates above it go on beyond 1. A logarithm, because rain rates are close to log-normal and the light end counts
/// too.
/// </summary>
/// <param name="Scale">r0 in mm/h: rates well below it are compressed towards 0 linearly.</param>
/// <param name="MaxRate">Rmax in mm/h.</param>
public sealed record Normalisation(float Scale = 0.1f, float MaxRate = 100f)
{
    private const string KindKey = "normalisation";
    private const string ScaleKey = "normalisation.scale_mm_h";
    private const string MaxKey = "normalisation.max_mm_h";
    private const string Kind = "log1p";

    public static Normalisation Default { get; } = new();

    private float Divisor => MathF.Log(1 + (MaxRate / Scale));

    /// <summary>NaN stays NaN.</summary>
    public float Apply(float rainRate) => MathF.Log(1 + (rainRate / Scale)) / Divisor;

    /// <summary>mm/h, never below 0; NaN stays NaN.</summary>
    public float Invert(float value) => value <= 0 ? 0 : Scale * (MathF.Exp(value * Divisor) - 1);

    /// <summary>The parameters as a checkpoint keeps them.</summary>
    public IReadOnlyDictionary<string, string> ToMetadata() => new Dictionary<string, string>
    {
        [KindKey] = Kind,
        [ScaleKey] = Scale.ToString("R", CultureInfo.InvariantCulture),
        [MaxKey] = MaxRate.ToString("R", CultureInfo.InvariantCulture),
    };

    /// <exception cref="ReportedException">The metadata name another normalisation, or lack a parameter.</exception>
    public static Normalisation FromMetadata(IReadOnlyDictionary<string, string> metadata)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        if (metadata.GetValueOrDefault(KindKey) is var kind && kind != Kind)
            throw new ReportedException($"{KindKey} '{kind}' is not known; a checkpoint of this version says '{Kind}'.");
        return new Normalisation(Number(metadata, ScaleKey), Number(metadata, MaxKey));
    }

    private static float Number(IReadOnlyDictionary<string, string> metadata, string key) =>
        float.TryParse(metadata.GetValueOrDefault(key), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value > 0
            ? value
            : throw new ReportedException(
                $"{key} '{metadata.GetValueOrDefault(key)}' is not a rain rate above 0; the checkpoint is damaged, make it again.");
}
