using ConvLstm.Nowcast.Model.Layers;

namespace ConvLstm.Nowcast.Model.Networks;

/// <summary>
/// A network that draws frames of normalised rain: as changes of the newest one, so that untrained it is close to
/// persistence, or whole, through an activation that bounds them.
/// </summary>
public abstract class DrawingNetwork : RainNetwork
{
    /// <summary>The mean of frames of digits, and of normalised rain in squares where it rains.</summary>
    private const double UsualGrey = 0.05;

    protected DrawingNetwork(NetworkOptions options)
        : base(options)
    {
    }

    /// <summary>The network's own way, where the options name none.</summary>
    protected virtual bool DrawsChanges => true;

    /// <summary>The network's own activation of the last layer, where the options name none and frames are drawn whole.</summary>
    protected virtual string OutputActivation => Activations.Linear;

    public override Tensor Persistence(Tensor past, LeadTimes leads) => Newest(past).unsqueeze(1).expand(-1, leads.Steps.Count, -1, -1, -1);

    /// <summary>The newest rain without its mask: (batch, H, W, 1).</summary>
    private protected static Tensor Newest(Tensor past) => past.select(1, past.shape[1] - 1).narrow(3, 0, 1);

    /// <summary>
    /// A last layer that starts at zero where it draws changes: untrained, the newest frame stays. One that draws whole frames through a
    /// sigmoid starts almost black, as most pixels are, and not grey (the prior of Lin et al. 2017, "Focal Loss for Dense Object
    /// Detection", section 4.1).
    /// </summary>
    private protected void Quiet(Tensor weight, Tensor? bias)
    {
        var changes = Options.Residual ?? DrawsChanges;
        if (changes)
            nn.init.zeros_(weight);
        if (changes || (Options.OutputActivation ?? OutputActivation) == Activations.Sigmoid)
            nn.init.constant_(bias!, changes ? 0 : Math.Log(UsualGrey / (1 - UsualGrey)));
    }

    /// <summary>From the last layer to frames.</summary>
    /// <param name="last">What the last layer gives.</param>
    /// <param name="start">The frame that changes are added to, of a shape that broadcasts.</param>
    private protected Tensor Finished(Tensor last, Tensor start)
    {
        var changes = Options.Residual ?? DrawsChanges;
        var drawn = Activations.Named(Options.OutputActivation ?? (changes ? Activations.Linear : OutputActivation))(last);
        return changes ? start + drawn : drawn;
    }
}
