using ConvLstm.Nowcast.Ingest.Sequences;
using ConvLstm.Nowcast.Motion;

namespace ConvLstm.Nowcast.Methods;

/// <summary>Lagrangian persistence: the newest rain moves on with the motion of the last scans and does not change.</summary>
public sealed class Extrapolation : IForecaster
{
    /// <summary>The name in <see cref="ForecastMethods"/>.</summary>
    public const string Name = "extrapolation";

    private readonly MotionOptions? _options;

    /// <param name="options">How motion is found; as <see cref="MotionOptions.For"/> says where null.</param>
    public Extrapolation(MotionOptions? options = null) => _options = options;

    public string Method => Name;

    public int ScansNeeded => 2;

    public RainForecast Forecast(RadarSequence past, ForecastRequest request, CancellationToken cancellation)
    {
        Scans.CheckEnough(past, this);
        var leads = Scans.Leads(past, request);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var how = _options ?? MotionOptions.For(past.Step);
        var used = Math.Min(past.Frames.Count, how.ScanPairs + 1);
        var rain = Scans.Newest(past, used);
        var motion = NewestMotion.Of(past, rain, how);
        cancellation.ThrowIfCancellationRequested();
        var displacements = SemiLagrangian.Displacements(motion, leads.Length);
        return AdvectedForecast.Make(past, request, Scans.Provenance(Name, past, used),
            lead => SemiLagrangian.AdvectRain(rain[used - 1], displacements[lead]), cancellation);
    }
}
