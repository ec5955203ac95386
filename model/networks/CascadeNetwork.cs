namespace ConvLstm.Nowcast.Model.Networks;

/// <summary>
/// From the classical forecasts of a pixel to log-odds of reaching each of a ladder of thresholds. It begins as S-PROG with its spread: where the rain's decibels
/// are expected to be m and the scales that were forgotten have the standard deviation s, a threshold of T decibels is reached with the probability
/// Φ((m − T) / s). What a small head adds to those log-odds starts at zero.
/// </summary>
/// <remarks>
/// It does not read scans: <see cref="forward"/> takes (batch, lead, height, width, <see cref="CascadeFields.Channels"/>), made of the scans by
/// the methods of the nowcast room.
/// </remarks>
public sealed class CascadeNetwork : RainNetwork
{
    public const string Name = "cascade";

    /// <summary>From a normal to a logistic distribution of nearly the same shape (Camilli 1994).</summary>
    private const double Logistic = 1.702;

    /// <summary>What is not known even of the next minutes, decibels.</summary>
    private const double LeastSpread = 2;

    /// <summary>r0 of the normalisation of the thresholds, mm/h.</summary>
    private const double RateUnit = 0.1;

    private readonly Linear first;
    private readonly Linear second;
    private readonly Linear last;
    private readonly float[] _decibels;

    public CascadeNetwork(NetworkOptions options)
        : base(options)
    {
        if (options.Thresholds.Count == 0 || options.Hidden.Count != 2)
            throw new ArgumentException("A cascade network needs the thresholds of its ladder and the widths of two layers.", nameof(options));
        first = nn.Linear(CascadeFields.Channels, options.Hidden[0]);
        second = nn.Linear(options.Hidden[0], options.Hidden[1]);
        last = nn.Linear(options.Hidden[1], options.Thresholds.Count);
        nn.init.zeros_(last.weight);
        nn.init.zeros_(last.bias!);
        RegisterComponents();
        _decibels = [.. options.Thresholds.Select(t => (float)(10 * Math.Log10(RateUnit * (Math.Exp(t * options.LogRange) - 1))))];
    }

    /// <param name="past">(…, <see cref="CascadeFields.Channels"/>).</param>
    /// <param name="leads">Not read: the fields say when and where they are.</param>
    /// <returns>(…, thresholds), not rising with the threshold.</returns>
    public override Tensor forward(Tensor past, LeadTimes leads)
    {
        using var scope = NewDisposeScope();
        var hidden = second.call(first.call(past).relu()).relu();
        return ThresholdLadder.Falling(Classical(past) + last.call(hidden)).MoveToOuterDisposeScope();
    }

    /// <summary>S-PROG with its spread.</summary>
    public override Tensor Persistence(Tensor past, LeadTimes leads) => Classical(past);

    /// <summary>The log-odds that an untrained network gives.</summary>
    internal Tensor Classical(Tensor fields)
    {
        var channel = fields.shape.Length - 1;
        var expected = fields.narrow(channel, CascadeFields.Expected, 1) * CascadeFields.Span;
        var spread = ((fields.narrow(channel, CascadeFields.Spread, 1) * CascadeFields.Span).square() + (LeastSpread * LeastSpread)).sqrt();
        return (expected - tensor(_decibels, [_decibels.Length], device: fields.device)) * Logistic / spread;
    }
}
