using ConvLstm.Nowcast.Cascade;
using ConvLstm.Nowcast.Ingest.Sequences;
using ConvLstm.Nowcast.Motion;

namespace ConvLstm.Nowcast.Methods;

/// <summary>
/// ANVIL (Pulkkinen et al. 2020) on rain rates: growth and decay of the last scans go on, scale by scale and place by place. The authors'
/// vertically integrated liquid is no product of the services read here; on rain it is what they call the rain-rate variant.
/// </summary>
public sealed class Anvil : IForecaster
{
    /// <summary>The name in <see cref="ForecastMethods"/>.</summary>
    public const string Name = "anvil";

    public string Method => Name;

    public int ScansNeeded => LocalGrowth.Scans;

    public RainForecast Forecast(RadarSequence past, ForecastRequest request, CancellationToken cancellation)
    {
        Scans.CheckEnough(past, this);
        var leads = Scans.Leads(past, request).Length;
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var scans = AlignedScans.Of(past, LocalGrowth.Scans, leads, cancellation);
        using var growth = new LocalGrowth(scans.Rain, past.Grid);
        return AdvectedForecast.Make(
            past, request, Scans.Provenance(Name, past, LocalGrowth.Scans),
                lead => SemiLagrangian.AdvectRain(growth.Next(), scans.Displacements[lead]), cancellation);
    }
}
