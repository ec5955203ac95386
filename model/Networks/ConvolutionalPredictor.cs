using ConvLstm.Nowcast.Model.Layers;

namespace ConvLstm.Nowcast.Model.Networks;

/// <summary>
/// A predictor of convolutions only (Gao et al. 2022, "SimVP: Simpler yet Better Video Prediction"): each frame is encoded, the times are
/// joined as channels and go through attention blocks, each frame is decoded with the encoder's first layer beside it. It reads and draws
/// <see cref="NetworkOptions.Frames"/> frames; leads further ahead come from its own frames. SimVP and TAU differ in the middle only.
/// </summary>
public abstract class ConvolutionalPredictor : RollingNetwork
{
    private const int InputChannels = 2;
    private const int Groups = 2;

    private protected readonly Conv2d encode;
    private protected readonly GroupNorm encode_norm;
    private protected readonly Conv2d down;
    private protected readonly GroupNorm down_norm;
    private protected readonly ModuleList<AttentionBlock> blocks;
    private protected readonly ConvTranspose2d up;
    private protected readonly GroupNorm up_norm;
    private protected readonly Conv2d head;

    /// <param name="options">Hidden: channels of a frame, then one number for each block, of which only the count matters.</param>
    /// <param name="attention">The middle, from the number of its channels.</param>
    private protected ConvolutionalPredictor(NetworkOptions options, Func<long, nn.Module<Tensor, Tensor>> attention)
        : base(options)
    {
        // Groups must divide the channels.
        var channels = (options.Hidden[0] + Groups - 1) / Groups * Groups;
        var patchPixels = options.Patch * options.Patch;
        (encode, encode_norm) = (nn.Conv2d(InputChannels * patchPixels, channels, 3, padding: 1), GroupNorms.Of(Groups, channels));
        (down, down_norm) = (nn.Conv2d(channels, channels, 3, stride: 2, padding: 1), GroupNorms.Of(Groups, channels));
        var joined = (long)channels * options.Frames;
        blocks = new([.. options.Hidden.Select(_ => new AttentionBlock(joined, attention(joined)))]);
        (up, up_norm) = (nn.ConvTranspose2d(channels, channels, 4, stride: 2, padding: 1), GroupNorms.Of(Groups, channels));
        head = nn.Conv2d(2 * channels, patchPixels, 1);
        Quiet(head.weight, head.bias);
    }

    protected override Tensor Next(Tensor past)
    {
        var (batch, height, width, frames) = (past.shape[0], past.shape[2], past.shape[3], Options.Frames);
        var seen = Enough(past, frames);
        // (frames·batch, …): the coarse scale is half of a patch, so sides are filled up to an even number of patches.
        var first = nn.functional.silu(encode_norm.call(encode.call(FrameLayout.ToPatches(seen, Options.Patch, multiple: 2))));
        var coarse = nn.functional.silu(down_norm.call(down.call(first)));
        var size = coarse.shape;
        var joined = coarse.view(frames, batch, size[1], size[2], size[3]).transpose(0, 1).reshape(batch, frames * size[1], size[2],
            size[3]);
        foreach (var block in blocks)
            joined = block.call(joined);
        var apart = joined.view(batch, frames, size[1], size[2], size[3]).transpose(0, 1).reshape(frames * batch, size[1], size[2],
            size[3]);
        var drawn = head.call(cat([nn.functional.silu(up_norm.call(up.call(apart))), first], 1));
        return FrameLayout.FromPatches(drawn, Options.Patch, height, width).view(frames, batch, height, width, 1).transpose(0, 1);
    }

    /// <summary>The newest frames; where there are too few the oldest stands for those before it.</summary>
    private static Tensor Enough(Tensor past, int frames)
    {
        var missing = frames - past.shape[1];
        return missing <= 0
            ? past.narrow(1, past.shape[1] - frames, frames)
            : cat([past.narrow(1, 0, 1).expand(-1, missing, -1, -1, -1), past], 1);
    }
}

/// <summary>SimVP with gated spatiotemporal attention (Tan et al. 2022).</summary>
public sealed class SimVp : ConvolutionalPredictor
{
    public const string Name = "simvp";

    public SimVp(NetworkOptions options)
        : base(options, channels => new GatedAttention(channels)) => RegisterComponents();
}

/// <summary>The same with the temporal attention unit (Tan et al. 2023); its divergence term of the loss is left out.</summary>
public sealed class Tau : ConvolutionalPredictor
{
    public const string Name = "tau";

    public Tau(NetworkOptions options)
        : base(options, channels => new TemporalAttention(channels)) => RegisterComponents();
}
