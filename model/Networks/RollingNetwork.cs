namespace ConvLstm.Nowcast.Model.Networks;

/// <summary>
/// A network that draws the next few frames from the last few. Leads further ahead come from its own frames, read as if they had been
/// observed.
/// </summary>
public abstract class RollingNetwork : DrawingNetwork
{
    protected RollingNetwork(NetworkOptions options)
        : base(options)
    {
    }

    public override Tensor forward(Tensor past, LeadTimes leads)
    {
        var drawn = new List<Tensor>();
        var seen = past;
        for (var have = 0L; have < leads.Furthest;)
        {
            var next = Finished(Next(seen), Newest(seen).unsqueeze(1));
            drawn.Add(next);
            have += next.shape[1];
            if (have >= leads.Furthest)
                break;
            var mask = seen.narrow(1, seen.shape[1] - 1, 1).narrow(4, 1, seen.shape[4] - 1).expand(-1, next.shape[1], -1, -1, -1);
            var longer = cat([seen, cat([next, mask], 4)], 1);
            seen = longer.narrow(1, longer.shape[1] - past.shape[1], past.shape[1]);
        }
        var all = drawn.Count == 1 ? drawn[0] : cat(drawn, 1);
        return cat([.. leads.Steps.Select(step => all.narrow(1, step - 1, 1))], 1);
    }

    /// <summary>The last layer of the frames after the last one: (batch, 1 or more, H, W, 1).</summary>
    protected abstract Tensor Next(Tensor past);
}
