using ConvLstm.Nowcast.Cascade;
using ConvLstm.Nowcast.Ingest.Sequences;
using ConvLstm.Nowcast.Model;
using ConvLstm.Nowcast.Motion;

namespace ConvLstm.Nowcast.Methods;

/// <summary>
/// S-PROG (Seed 2003): each scale of the newest rain fades at the rate at which it faded in the last scans, so that what is smoothed away
/// is what cannot be known; rates are matched to those of the newest scan.
/// </summary>
public sealed class Sprog : IForecaster
{
    /// <summary>The name in <see cref="ForecastMethods"/>.</summary>
    public const string Name = "sprog";

    public string Method => Name;

    public int ScansNeeded => RainCascade.Scans;

    public RainForecast Forecast(RadarSequence past, ForecastRequest request, CancellationToken cancellation)
    {
        Scans.CheckEnough(past, this);
        var leads = Scans.Leads(past, request).Length;
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var scans = AlignedScans.Of(past, RainCascade.Scans, leads, cancellation);
        using var cascade = new RainCascade(scans.Rain, past.Grid);
        var unseen = scans.Rain[RainCascade.Scans - 1].isnan();
        var matching = new DistributionMatching(past.Frames[^1].RainRate);
        return AdvectedForecast.Make(
            past, request, Scans.Provenance(Name, past, RainCascade.Scans),
            lead =>
                SemiLagrangian.AdvectRain(Matched(cascade.Expected(lead + 1), unseen, matching), scans.Displacements[lead]), cancellation);
    }

    /// <summary>Expected decibels of a padded domain as rates of the newest scan's distribution, (H, W).</summary>
    private static Tensor Matched(Tensor decibels, Tensor unseen, DistributionMatching matching)
    {
        var size = unseen.shape;
        var field = decibels.narrow(0, 0, size[0]).narrow(1, 0, size[1]).masked_fill(unseen, float.NaN).ToFloats();
        matching.Apply(field);
        return tensor(field, size);
    }
}
