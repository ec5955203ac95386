using ConvLstm.Nowcast.Ingest;

namespace ConvLstm.Nowcast.Methods;

/// <summary>
/// Exceedance probabilities by the local Lagrangian method (Germann and Zawadzki 2004, section 3c): the share of pixels
/// above the threshold around a pixel of the advected rain, in a box whose sides grow by 1 km a minute of lead.
/// Where less than half of the box is known, the share of the whole newest scan takes the place of the rest.
/// </summary>
internal sealed class LocalExceedance
{
    private const double KilometresPerMinute = 1;

    private readonly double _columnKilometres;
    private readonly double _rowKilometres;
    private readonly Tensor _climatology;
    private readonly Tensor _thresholds;
    private readonly Tensor _observed;

    /// <param name="grid">Gives the size of a pixel.</param>
    /// <param name="newest">The newest scan, (H, W), NaN where not observed.</param>
    /// <param name="thresholds">mm/h, rising.</param>
    internal LocalExceedance(RadarGrid grid, Tensor newest, IReadOnlyList<float> thresholds)
    {
        (_columnKilometres, _rowKilometres) = PixelSize.Kilometres(grid);
        _thresholds = tensor(thresholds.ToArray(), [thresholds.Count, 1, 1], device: newest.device);
        _observed = newest.isfinite();
        var seen = _observed.to_type(ScalarType.Float32).sum().clamp(min: 1);
        _climatology = Above(newest.unsqueeze(0)).sum([1, 2], keepdim: true) / seen;
    }

    /// <param name="rain">The rain advected to the lead, (H, W); NaN where the air is not known.</param>
    /// <param name="lead">The time from the newest scan.</param>
    /// <returns>(thresholds, H, W); NaN where neither the air nor the pixel was ever observed.</returns>
    internal Tensor At(Tensor rain, TimeSpan lead)
    {
        using var scope = NewDisposeScope();
        var side = KilometresPerMinute * lead.TotalMinutes;
        var (ry, rx) = (Radius(side / _rowKilometres), Radius(side / _columnKilometres));
        var known = rain.isfinite().unsqueeze(0);
        var sums = BoxSum.Of(cat([Above(rain.unsqueeze(0)), known.to_type(ScalarType.Float32)]), ry, rx);
        var count = _thresholds.shape[0];
        var inBox = sums.narrow(0, count, 1);
        var share = sums.narrow(0, 0, count) / inBox.clamp(min: 1);
        var trust = (inBox * (2.0 / ((2 * ry) + 1) / ((2 * rx) + 1))).clamp(max: 1);
        var probability = _climatology + ((share - _climatology) * trust.maximum(known.to_type(ScalarType.Float32)));
        return probability.clamp(0, 1)
            .masked_fill(known.logical_or(_observed.unsqueeze(0)).logical_not(), float.NaN).MoveToOuterDisposeScope();
    }

    private static int Radius(double side) => Math.Max(0, (int)Math.Round((side - 1) / 2));

    // NaN is above nothing.
    private Tensor Above(Tensor rain) => rain.ge(_thresholds).to_type(ScalarType.Float32);
}
