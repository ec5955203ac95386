using ConvLstm.Nowcast.Model.Layers;

namespace ConvLstm.Nowcast.Model.Networks;

/// <summary>
/// A forecaster in the frame of the rain. For each lead and pixel it gives the log-odds that the rain reaches each of a ladder
/// of thresholds: those of Lagrangian persistence, plus what a small head adds from features of the newest rain at
/// several scales (<see cref="RainFeatures"/>) and from a ConvLSTM encoder-forecaster (Shi et al. 2015) that has read the aligned
/// scans. The head's last layer starts at zero: an untrained network is exactly Lagrangian persistence.
/// </summary>
public sealed class LagrangianNetwork : RainNetwork
{
    public const string Name = "lagrangian";
    private const int InputChannels = 2;
    private const int HeadChannels = 32;

    /// <summary>ln(1 + Rmax/r0) of the usual normalisation: log-odds fall by about the slope for each e-fold below a threshold.</summary>
    private const double LogRange = 6.9;
    private const double FirstSlope = 2.5;

    private readonly ConvLstmCell encoder;
    private readonly ConvLstmCell forecaster;
    private readonly Conv2d read_features;
    private readonly Conv2d read_state;
    private readonly Linear read_lead;
    private readonly Conv2d head;
    private readonly Parameter slope;

    public LagrangianNetwork(NetworkOptions options)
        : base(options)
    {
        if (options.Thresholds.Count == 0)
            throw new ArgumentException("A Lagrangian network needs the thresholds of its ladder.", nameof(options));
        var hidden = options.Hidden[0];
        encoder = new(InputChannels * options.Patch * options.Patch, hidden, options.Kernel, options.Peepholes);
        forecaster = new(0, hidden, options.Kernel, options.Peepholes);
        read_features = nn.Conv2d(RainFeatures.Channels(options.Thresholds.Count), HeadChannels, 1);
        read_state = nn.Conv2d(hidden, HeadChannels, 1);
        read_lead = nn.Linear(LeadBasis.Length, 2 * HeadChannels);
        head = nn.Conv2d(HeadChannels, options.Thresholds.Count, 1);
        nn.init.zeros_(head.weight);
        nn.init.zeros_(head.bias!);
        // The logarithm of the slope at lead 0 and after an hour: what is known of a pixel fades with the lead.
        slope = nn.Parameter(zeros([2, options.Thresholds.Count]));
        using (no_grad())
        {
            slope[0].fill_(Math.Log(FirstSlope));
            slope[1].fill_(Math.Log(FirstSlope / 3));
        }
        RegisterComponents();
    }

    public override Tensor forward(Tensor past, LeadTimes leads)
    {
        var (time, height, width) = (past.shape[1], past.shape[2], past.shape[3]);
        var features = read_features.call(RainFeatures.Of(past, Options.Thresholds));
        var newest = Newest(past);
        var (_, encoded) = encoder.Unroll(FrameLayout.ToPatches(past, Options.Patch), time, null);
        var states = forecaster.Unroll(null, leads.Furthest, encoded).Hidden.chunk(leads.Furthest, 0);
        var steps = new List<Tensor>();
        for (var lead = 0; lead < leads.Steps.Count; lead++)
        {
            using var scope = NewDisposeScope();
            var fromLead = read_lead.call(LeadBasis.Of(leads.Minutes(lead), newest.device)).view(2, 1, HeadChannels, 1, 1);
            var fromState = FrameLayout.Enlarged(read_state.call(states[leads.Steps[lead] - 1]), Options.Patch, height, width);
            var inner = (features * (fromLead[0] + 1) + fromLead[1] + fromState).relu();
            steps.Add(Falling(Base(newest, leads.Minutes(lead)) + head.call(inner)).MoveToOuterDisposeScope());
        }
        return stack(steps, 1).permute(0, 1, 3, 4, 2);
    }

    public override Tensor Persistence(Tensor past, LeadTimes leads)
    {
        var newest = Newest(past);
        return stack(Enumerable.Range(0, leads.Steps.Count).Select(lead => Base(newest, leads.Minutes(lead))), 1).permute(0, 1, 3, 4, 2);
    }

    /// <summary>(batch, 1, H, W), normalised.</summary>
    private static Tensor Newest(Tensor past) => past.select(1, past.shape[1] - 1).narrow(3, 0, 1).permute(0, 3, 1, 2);

    /// <summary>The log-odds of Lagrangian persistence: above 0 just where the newest rain reaches the threshold.</summary>
    private Tensor Base(Tensor newest, double minutes)
    {
        var hours = minutes / 60;
        var steepness = (slope[0] * (1 - hours) + slope[1] * hours).exp().view(1, -1, 1, 1);
        var thresholds = tensor([.. Options.Thresholds], [1, Options.Thresholds.Count, 1, 1], device: newest.device);
        return (newest - thresholds + RainFeatures.ThresholdSlack) * (steepness * LogRange);
    }

    /// <summary>More rain is never more likely than less: each log-odds is at most that of the threshold below.</summary>
    private static Tensor Falling(Tensor logOdds)
    {
        var rungs = logOdds.unbind(1);
        for (var i = 1; i < rungs.Length; i++)
            rungs[i] = rungs[i].minimum(rungs[i - 1]);
        return stack(rungs, 1);
    }
}
