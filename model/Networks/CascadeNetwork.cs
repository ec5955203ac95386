using ConvLstm.Nowcast.Model.Kernels;

namespace ConvLstm.Nowcast.Model.Networks;

/// <summary>
/// From the classical forecasts of a pixel to log-odds of reaching each of some thresholds. It begins as S-PROG with its spread:
/// where the rain's decibels are expected to be m and the scales that were forgotten have the standard deviation s, a threshold of T
/// decibels is reached with the probability Φ((m − T) / s). What a small head adds to those log-odds starts at zero, and so does what a
/// ConvLSTM says to the head (<see cref="CascadeMemory"/>).
/// </summary>
/// <remarks>
/// It does not read scans: <see cref="forward"/> takes (batch, lead, height, width, <see cref="CascadeFields.Channels"/>), made of the
/// scans by the methods of the nowcast room.
/// </remarks>
public sealed class CascadeNetwork : RainNetwork
{
    public const string Name = "cascade";

    /// <summary>From a normal to a logistic distribution of nearly the same shape (Camilli 1994).</summary>
    private const double Logistic = 1.702;

    /// <summary>What is not known even of the next minutes, decibels.</summary>
    private const double LeastSpread = 2;

    /// <summary>
    /// How far the classical forecast of the next minutes lies from S-PROG, which blurs showers from the first minute on, to ANVIL. Chosen
    /// by cross-validation.
    /// </summary>
    private const double AnvilShare = 0.7;

    /// <summary>r0 of the normalisation of the thresholds, mm/h.</summary>
    private const double RateUnit = 0.1;

    private readonly Linear first;
    private readonly Linear second;
    private readonly Linear last;
    private readonly CascadeMemory memory;
    private readonly Linear read_memory;
    private readonly float[] _decibels;

    public CascadeNetwork(NetworkOptions options)
        : base(options)
    {
        if (options.Thresholds.Count == 0 || options.Hidden.Count != 2)
            throw new ArgumentException("A cascade network needs thresholds and the widths of two layers.",
                nameof(options));
        first = nn.Linear(CascadeFields.Channels, options.Hidden[0]);
        second = nn.Linear(options.Hidden[0], options.Hidden[1]);
        last = nn.Linear(options.Hidden[1], options.Thresholds.Count);
        memory = new();
        read_memory = nn.Linear(CascadeMemory.Channels, options.Hidden[0], hasBias: false);
        foreach (var weight in new[] { last.weight, last.bias!, read_memory.weight })
            nn.init.zeros_(weight);
        RegisterComponents();
        _decibels = [.. options.Thresholds.Select(t => (float)(10 * Math.Log10(RateUnit * (Math.Exp(t * options.LogRange) - 1))))];
    }

    /// <summary>The ConvLSTM.</summary>
    public CascadeMemory Memory => memory;

    /// <summary>The part that reads neighbourhoods: all but the head.</summary>
    internal IEnumerable<Parameter> MemoryParameters => memory.parameters().Concat(read_memory.parameters());

    /// <summary>Whether the ConvLSTM was trained: until then it says nothing, and need not be asked.</summary>
    public bool Remembers
    {
        get
        {
            using var scope = NewDisposeScope();
            return read_memory.weight.abs().max().item<float>() > 0;
        }
    }

    /// <param name="past">(…, <see cref="CascadeFields.Channels"/>).</param>
    /// <param name="leads">Not read: the fields say when and where they are.</param>
    /// <returns>(…, thresholds), not rising with the threshold; of the head alone.</returns>
    public override Tensor forward(Tensor past, LeadTimes leads)
    {
        ArgumentNullException.ThrowIfNull(past);
        using var scope = NewDisposeScope();
        var channel = past.shape.Length - 1;
        return LogOdds(
            Still(past.narrow(channel, 0, CascadeFields.StaticChannels)), past.narrow(channel, CascadeFields.Expected, 2),
            past.narrow(channel, CascadeFields.Spread, CascadeFields.Scalars), null).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// What the first layer makes of the channels that are the same for all leads: (…, <see cref="CascadeFields.StaticChannels"/>) to (…,
    /// its width).
    /// </summary>
    public Tensor Still(Tensor pixels) => nn.functional.linear(pixels, first.weight.narrow(1, 0, CascadeFields.StaticChannels), first.bias);

    /// <summary>The same of a list of pixels, (<see cref="CascadeFields.StaticChannels"/>, pixels) to (its width, pixels).</summary>
    public Tensor StillOf(Tensor pixels)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        return first.weight.narrow(1, 0, CascadeFields.StaticChannels).matmul(pixels).add_(first.bias!.unsqueeze(1));
    }

    /// <summary>The log-odds of a list of pixels: what <see cref="LogOdds"/> gives, where it can in one pass.</summary>
    /// <param name="still">Of <see cref="StillOf"/>.</param>
    /// <param name="maps">(2, pixels): S-PROG's and ANVIL's rain.</param>
    /// <param name="scalars">(1, <see cref="CascadeFields.Scalars"/>).</param>
    /// <param name="remembered">What <see cref="CascadeMemory"/> says: (pixels, its channels); null for the head alone.</param>
    /// <param name="trust">How much of what was learned is added to the classical forecast, 0 to 1.</param>
    /// <returns>(thresholds, pixels).</returns>
    public Tensor PixelLogOdds(Tensor still, Tensor maps, Tensor scalars, Tensor? remembered, double trust)
    {
        ArgumentNullException.ThrowIfNull(still);
        ArgumentNullException.ThrowIfNull(maps);
        using var scope = NewDisposeScope();
        if (remembered is not null || !PixelPerceptron.Takes(still))
            return LogOdds(still.transpose(0, 1), maps.transpose(0, 1), scalars, remembered, trust).transpose(0, 1).contiguous()
                .MoveToOuterDisposeScope();
        var slope = (float)(CascadeFields.Span * Logistic) / Deviation(scalars.narrow(1, 0, 1)).item<float>();
        var shared = nn.functional.linear(scalars, first.weight.narrow(1, CascadeFields.Spread, CascadeFields.Scalars));
        var decibels = tensor(_decibels, [_decibels.Length]);
        return PixelPerceptron.LogOdds(
            new(still, maps),
            new(first.weight.narrow(1, CascadeFields.Expected, 2), shared[0], second.weight, second.bias!, last.weight * trust,
                (last.bias! * trust) - (decibels * (slope / CascadeFields.Span)), slope),
            KernelOptions.Default).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// What is to be added to the log-odds of all thresholds where little of what was learned is trusted yet, so that the forecast begins
    /// between S-PROG and ANVIL: (pixels).
    /// </summary>
    /// <param name="maps">(2, pixels): S-PROG's and ANVIL's rain.</param>
    /// <param name="scalars">(1, <see cref="CascadeFields.Scalars"/>).</param>
    /// <param name="trust">How much of what was learned is added to the classical forecast, 0 to 1.</param>
    public static Tensor TowardsAnvil(Tensor maps, Tensor scalars, double trust)
    {
        ArgumentNullException.ThrowIfNull(maps);
        using var scope = NewDisposeScope();
        var slope = AnvilShare * (1 - trust) * CascadeFields.Span * Logistic / Deviation(scalars.narrow(1, 0, 1)).item<float>();
        return ((maps[1] - maps[0]) * slope).MoveToOuterDisposeScope();
    }

    /// <param name="still">Of <see cref="Still"/>: (…, width).</param>
    /// <param name="maps">(…, 2): S-PROG's and ANVIL's rain.</param>
    /// <param name="scalars">(…, <see cref="CascadeFields.Scalars"/>), or one row for all pixels.</param>
    /// <param name="remembered">What <see cref="CascadeMemory"/> says: (…, its channels); null for the head alone.</param>
    /// <param name="trust">How much of what was learned is added to the classical forecast, 0 to 1.</param>
    /// <returns>(…, thresholds).</returns>
    public Tensor LogOdds(Tensor still, Tensor maps, Tensor scalars, Tensor? remembered, double trust = 1)
    {
        ArgumentNullException.ThrowIfNull(maps);
        using var scope = NewDisposeScope();
        var inner = still + nn.functional.linear(maps, first.weight.narrow(1, CascadeFields.Expected, 2))
            + nn.functional.linear(scalars, first.weight.narrow(1, CascadeFields.Spread, CascadeFields.Scalars));
        if (remembered is not null)
            inner = inner + read_memory.call(remembered);
        var channel = maps.shape.Length - 1;
        var added = last.call(second.call(inner.relu()).relu());
        return ExceedanceThresholds.Falling(Classical(maps.narrow(channel, 0, 1), scalars.narrow(channel, 0, 1)) + (added * trust))
            .MoveToOuterDisposeScope();
    }

    /// <summary>S-PROG with its spread.</summary>
    public override Tensor Persistence(Tensor past, LeadTimes leads) => Classical(past);

    /// <summary>The log-odds that an untrained network gives.</summary>
    internal Tensor Classical(Tensor fields)
    {
        var channel = fields.shape.Length - 1;
        return Classical(fields.narrow(channel, CascadeFields.Expected, 1), fields.narrow(channel, CascadeFields.Spread, 1));
    }

    private Tensor Classical(Tensor expected, Tensor spread) =>
        ((expected * CascadeFields.Span) - tensor(_decibels, [_decibels.Length], device: expected.device)) * Logistic / Deviation(spread);

    /// <summary>Decibels.</summary>
    private static Tensor Deviation(Tensor spread) => ((spread * CascadeFields.Span).square() + (LeastSpread * LeastSpread)).sqrt();
}
