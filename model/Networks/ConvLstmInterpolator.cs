using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Model.Layers;

namespace ConvLstm.Nowcast.Model.Networks;

/// <summary>
/// Fills a gap (the interpolation task of Williams 2025): the frames before the gap are read forwards, those after it backwards
/// (Schuster and Paliwal 1997), both unroll across the gap, and a convolution of both draws each missing frame as a change of
/// the linear blend of its neighbours: an untrained network is linear blending. Its past is the frames before the gap
/// and as many after it; its leads are the missing frames.
/// </summary>
public sealed class ConvLstmInterpolator : FrameNetwork
{
    public const string Name = "convlstm-interpolator";
    private const int InputChannels = 2;

    private readonly ConvLstmCell forward_reader;
    private readonly ConvLstmCell backward_reader;
    private readonly ConvLstmCell forward_filler;
    private readonly ConvLstmCell backward_filler;
    private readonly Conv2d mix;
    private readonly Conv2d head;

    public ConvLstmInterpolator(NetworkOptions options)
        : base(options)
    {
        var (patchPixels, first, last) = (options.Patch * options.Patch, options.Hidden[0], options.Hidden[^1]);
        var inputs = InputChannels * patchPixels;
        (forward_reader, backward_reader) = (Cell(inputs, first), Cell(inputs, first));
        // What unrolls is told the blend of its place, so that it knows how far it has come.
        (forward_filler, backward_filler) = (Cell(patchPixels, first), Cell(patchPixels, first));
        mix = nn.Conv2d((2 * first) + patchPixels, last, options.Kernel, padding: options.Kernel / 2);
        head = nn.Conv2d(last, patchPixels, 1);
        Quiet(head.weight, head.bias);
        RegisterComponents();

        ConvLstmCell Cell(int input, int hidden) => new(input, hidden, options.Kernel, options.Peepholes);
    }

    public override Tensor forward(Tensor past, LeadTimes leads)
    {
        if (past.shape[1] % 2 != 0 || leads.Furthest > Options.Gap)
            throw new ReportedException(
                $"A gap of {Options.Gap} frames is filled from as many frames before as after it, not {past.shape[1]}, and for leads up to "
                    + $"{Options.Gap}, not {leads.Furthest}.");
        var (batch, height, width) = (past.shape[0], past.shape[2], past.shape[3]);
        var all = Change(past, Options.Gap).chunk(Options.Gap, 0);
        var drawn = FrameLayout.FromPatches(cat([.. leads.Steps.Select(step => all[step - 1])], 0), Options.Patch, height, width);
        return Finished(drawn.view(leads.Steps.Count, batch, height, width, 1).transpose(0, 1), Persistence(past, leads));
    }

    /// <summary>Linear blending of the frames next to the gap.</summary>
    public override Tensor Persistence(Tensor past, LeadTimes leads) => cat([.. leads.Steps.Select(step => Blend(past, step))], 1);

    protected override Tensor Change(Tensor past, long leads)
    {
        var side = past.shape[1] / 2;
        var before = FrameLayout.ToPatches(past.narrow(1, 0, side), Options.Patch);
        var after = FrameLayout.ToPatches(past.narrow(1, side, side).flip(1), Options.Patch);
        var blends = Enumerable.Range(1, (int)leads).Select(step => FrameLayout.ToPatches(Blend(past, step), Options.Patch)).ToArray();
        var ahead = forward_filler.Unroll(cat(blends, 0), leads, forward_reader.Unroll(before, side, null).Last).Hidden;
        var back = backward_filler.Unroll(cat([.. blends.Reverse()], 0), leads, backward_reader.Unroll(after, side, null).Last).Hidden;
        var turned = cat([.. back.chunk(leads, 0).Reverse()], 0);
        return head.call(mix.call(cat([ahead, turned, cat(blends, 0)], 1)).relu());
    }

    /// <summary>(batch, 1, H, W, 1); where one side saw nothing the other stands for both.</summary>
    private Tensor Blend(Tensor past, int step)
    {
        var side = past.shape[1] / 2;
        var (before, after) = (past.narrow(1, side - 1, 1), past.narrow(1, side, 1));
        var (far, near) = ((double)step / (Options.Gap + 1), 1 - ((double)step / (Options.Gap + 1)));
        var (before1, after1) = (before.narrow(4, 1, 1) * near, after.narrow(4, 1, 1) * far);
        return ((before.narrow(4, 0, 1) * before1) + (after.narrow(4, 0, 1) * after1)) / (before1 + after1).clamp(min: 1e-6);
    }
}
