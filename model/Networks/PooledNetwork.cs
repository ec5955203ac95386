namespace ConvLstm.Nowcast.Model.Networks;

/// <summary>
/// Two networks that err differently, together: a <see cref="LagrangianNetwork"/>, which reads the scans, and a
/// <see cref="CascadeNetwork"/>, which reads what the classical methods made of them. Their log-odds are averaged, a logarithmic opinion
/// pool (Genest and Zidek 1986, section 3).
/// </summary>
/// <remarks>
/// <see cref="forward"/> is the Lagrangian network alone: it takes scans, and is what a training goes on with.
/// <see cref="NetworkOptions.Hidden"/> are its channels, then the widths of the cascade network's two layers.
/// </remarks>
public sealed class PooledNetwork : RainNetwork
{
    public const string Name = "pooled";

    /// <summary>How much the cascade network counts: chosen by cross-validation between 0.35 and 0.65.</summary>
    private const double CascadeShare = 0.6;

    /// <summary>
    /// Of the next minutes the cascade network alone is right about light rain, whose edges the other draws too wide: up to this rate,
    /// mm/h, it begins with all of the pool and comes to its share within <see cref="Soon"/>. Chosen by cross-validation.
    /// </summary>
    private const float LightRain = 3;

    /// <summary>Minutes.</summary>
    private const double Soon = 15;

    private const int CascadeLayers = 2;

    private readonly LagrangianNetwork lagrangian;
    private readonly CascadeNetwork cascade;

    public PooledNetwork(NetworkOptions options)
        : base(options)
    {
        if (options.Hidden.Count <= CascadeLayers)
            throw new ArgumentException(
                "A pooled network needs the channels of its Lagrangian network and the widths of two layers of its cascade network.",
                nameof(options));
        lagrangian = new(options with { Network = LagrangianNetwork.Name, Hidden = [.. options.Hidden.SkipLast(CascadeLayers)] });
        cascade = new(options with { Network = CascadeNetwork.Name, Hidden = [.. options.Hidden.TakeLast(CascadeLayers)] });
        RegisterComponents();
    }

    public override bool TakesSampledPixels => true;

    public LagrangianNetwork Lagrangian => lagrangian;

    public CascadeNetwork Cascade => cascade;

    public override Tensor forward(Tensor past, LeadTimes leads) => lagrangian.call(past, leads);

    public override Tensor Persistence(Tensor past, LeadTimes leads) => lagrangian.Persistence(past, leads);

    /// <summary>The log-odds of both, of the same pixels and thresholds: (thresholds, H, W).</summary>
    /// <param name="lagrangian">Those of the Lagrangian network.</param>
    /// <param name="cascade">Those of the cascade network.</param>
    /// <param name="rates">The thresholds, mm/h.</param>
    /// <param name="lead">How far ahead.</param>
    public static Tensor Pool(Tensor lagrangian, Tensor cascade, IReadOnlyList<float> rates, TimeSpan lead)
    {
        ArgumentNullException.ThrowIfNull(lagrangian);
        ArgumentNullException.ThrowIfNull(rates);
        var begin = CascadeShare + ((1 - CascadeShare) * Math.Exp(-lead.TotalMinutes / Soon));
        float[] shares = [.. rates.Select(rate => (float)(rate <= LightRain ? begin : CascadeShare))];
        using var weight = tensor(shares, [shares.Length, 1, 1], device: lagrangian.device);
        return lagrangian.lerp(cascade, weight);
    }
}
