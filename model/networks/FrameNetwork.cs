namespace ConvLstm.Nowcast.Model.Networks;

/// <summary>A network that draws frames of normalised rain, as changes of the newest one: untrained it is close to persistence.</summary>
public abstract class FrameNetwork : RainNetwork
{
    protected FrameNetwork(NetworkOptions options)
        : base(options)
    {
    }

    public override Tensor forward(Tensor past, LeadTimes leads)
    {
        var (batch, height, width) = (past.shape[0], past.shape[2], past.shape[3]);
        var all = Change(past, leads.Furthest).chunk(leads.Furthest, 0);
        var change = FrameLayout.FromPatches(cat([.. leads.Steps.Select(step => all[step - 1])], 0), Options.Patch, height, width);
        return Newest(past).unsqueeze(1) + change.view(leads.Steps.Count, batch, height, width, 1).transpose(0, 1);
    }

    public override Tensor Persistence(Tensor past, LeadTimes leads) => Newest(past).unsqueeze(1).expand(-1, leads.Steps.Count, -1, -1, -1);

    /// <summary>The change of each frame against the newest one: (leads·batch, patch², h, w), lead first.</summary>
    protected abstract Tensor Change(Tensor past, long leads);

    private static Tensor Newest(Tensor past) => past.select(1, past.shape[1] - 1).narrow(3, 0, 1);
}
