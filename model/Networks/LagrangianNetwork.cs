using ConvLstm.Nowcast.Model.Kernels;
using ConvLstm.Nowcast.Model.Layers;

namespace ConvLstm.Nowcast.Model.Networks;

/// <summary>
/// A forecaster in the frame of the rain. For each lead and pixel it gives the log-odds that the rain reaches each of a list
/// of thresholds: those of Lagrangian persistence, plus what a small head adds from features of the newest rain at several
/// scales (<see cref="RainFeatures"/>) and from a ConvLSTM encoder-forecaster (Shi et al. 2015) that has read the aligned scans.
/// All thresholds share one head that sees rain relative to the threshold, as in extended logistic regression (Wilks 2009):
/// what light rain teaches holds for heavy rain, which is rare. What is added starts at zero: an untrained network is exactly
/// Lagrangian persistence.
/// </summary>
public sealed class LagrangianNetwork : RainNetwork
{
    public const string Name = "lagrangian";
    private const int InputChannels = 2;

    private readonly ConvLstmCell encoder;
    private readonly ConvLstmCell forecaster;
    private readonly Conv2d read_state;
    private readonly ExceedanceHead head;

    public LagrangianNetwork(NetworkOptions options)
        : base(options)
    {
        if (options.Thresholds.Count == 0)
            throw new ArgumentException("A Lagrangian network needs thresholds.", nameof(options));
        var hidden = options.Hidden[0];
        encoder = new(InputChannels * options.Patch * options.Patch, hidden, options.Kernel, options.Peepholes);
        forecaster = new(LeadBasis.Length, hidden, options.Kernel, options.Peepholes);
        read_state = nn.Conv2d(hidden, ExceedanceHead.Channels, 1);
        // Until it has learned something the ConvLSTM says nothing.
        nn.init.zeros_(read_state.weight);
        nn.init.zeros_(read_state.bias!);
        head = new();
        RegisterComponents();
    }

    public override bool TakesSampledPixels => true;

    /// <summary>The part that judges each pixel by its features, and that can be trained on pixels of many scans at once.</summary>
    internal ExceedanceHead Head => head;

    /// <summary>The part that reads neighbourhoods: all that is not <see cref="Head"/>.</summary>
    internal IEnumerable<Parameter> StateParameters => encoder.parameters().Concat(forecaster.parameters()).Concat(read_state.parameters());

    public override Tensor forward(Tensor past, LeadTimes leads) =>
        ExceedanceHeadKernel.Takes(past) ? InOnePass(past, leads) : InPlainOperators(past, leads);

    /// <summary>On every device, with gradients where they are wanted.</summary>
    internal Tensor InPlainOperators(Tensor past, LeadTimes leads)
    {
        using var scope = NewDisposeScope();
        var pixels = ExceedancePixels.Of(past, Options, leads);
        var states = States(past, leads);
        return ExceedancePixels.Unfold([.. head.PixelLogOdds(pixels, leads, lead => ExceedancePixels.Fold(leads.SampledPixels.Of(
            FrameLayout.Enlarged(read_state.call(states[leads.Steps[lead] - 1]), Options.Patch, past.shape[2], past.shape[3]), 2, 3)))])
                .MoveToOuterDisposeScope();
    }

    private Tensor InOnePass(Tensor past, LeadTimes leads)
    {
        using var scope = NewDisposeScope();
        var states = States(past, leads);
        return head.Maps(
            RainFeatures.Of(past, Options, leads), stack([.. leads.Steps.Select(step => read_state.call(states[step - 1]))]), Options.Patch,
                leads).MoveToOuterDisposeScope();
    }

    public override Tensor Persistence(Tensor past, LeadTimes leads)
    {
        var pixels = ExceedancePixels.Of(past, Options, leads);
        return ExceedancePixels.Unfold([.. leads.Steps.Select(_ => pixels.Scatter(ExceedanceHead.Persistence(pixels)))]);
    }

    /// <summary>The hidden state of each step: (batch, hidden, H/patch, W/patch).</summary>
    private Tensor[] States(Tensor past, LeadTimes leads)
    {
        var patches = FrameLayout.ToPatches(past, Options.Patch);
        var (_, encoded) = encoder.Unroll(patches, past.shape[1], null);
        var size = encoded.Hidden.shape;
        var steps = Enumerable.Range(1, leads.Furthest).Select(step => LeadBasis.Of(step * leads.StepMinutes, past.device)
            .view(1, LeadBasis.Length, 1, 1).expand(size[0], LeadBasis.Length, size[2], size[3]));
        return forecaster.Unroll(cat([.. steps], 0), leads.Furthest, encoded).Hidden.chunk(leads.Furthest, 0);
    }
}
