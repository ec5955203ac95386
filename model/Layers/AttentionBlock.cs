namespace ConvLstm.Nowcast.Model.Layers;

/// <summary>
/// An attention and a small dense network per pixel, each added to what goes in, scaled to start small (Touvron et al. 2021).
/// </summary>
internal sealed class AttentionBlock : nn.Module<Tensor, Tensor>
{
    private const double FirstScale = 1e-2;
    private const int Wider = 2;

    private readonly GroupNorm norm_attention;
    private readonly GroupNorm norm_dense;
    private readonly Conv2d into;
    private readonly Conv2d outOf;
    private readonly Conv2d wide;
    private readonly Conv2d narrow;
    private readonly Parameter scale_attention;
    private readonly Parameter scale_dense;
    private readonly nn.Module<Tensor, Tensor> attention;

    internal AttentionBlock(long channels, nn.Module<Tensor, Tensor> attention)
        : base(nameof(AttentionBlock))
    {
        this.attention = attention;
        // The papers normalise over the batch; batches here are small, and one group needs none.
        (norm_attention, norm_dense) = (GroupNorms.Of(1, channels), GroupNorms.Of(1, channels));
        (into, outOf) = (nn.Conv2d(channels, channels, 1), nn.Conv2d(channels, channels, 1));
        (wide, narrow) = (nn.Conv2d(channels, Wider * channels, 1), nn.Conv2d(Wider * channels, channels, 1));
        scale_attention = nn.Parameter(full([channels, 1, 1], FirstScale));
        scale_dense = nn.Parameter(full([channels, 1, 1], FirstScale));
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        var attended = input + (scale_attention * outOf.call(attention.call(nn.functional.gelu(into.call(norm_attention.call(input))))));
        return attended + (scale_dense * narrow.call(nn.functional.gelu(wide.call(norm_dense.call(attended)))));
    }
}
