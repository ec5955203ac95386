namespace ConvLstm.Nowcast.Model.Networks;

/// <summary>A network that unrolls all frames at once, in patches.</summary>
public abstract class FrameNetwork : DrawingNetwork
{
    protected FrameNetwork(NetworkOptions options)
        : base(options)
    {
    }

    public override Tensor forward(Tensor past, LeadTimes leads)
    {
        var (batch, height, width) = (past.shape[0], past.shape[2], past.shape[3]);
        var all = Change(past, leads.Furthest).chunk(leads.Furthest, 0);
        var drawn = FrameLayout.FromPatches(cat([.. leads.Steps.Select(step => all[step - 1])], 0), Options.Patch, height, width);
        return Finished(drawn.view(leads.Steps.Count, batch, height, width, 1).transpose(0, 1), Newest(past).unsqueeze(1));
    }

    /// <summary>The last layer of each frame: (leads·batch, patch², h, w), lead first.</summary>
    protected abstract Tensor Change(Tensor past, long leads);
}
