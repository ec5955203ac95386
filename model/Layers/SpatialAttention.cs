namespace ConvLstm.Nowcast.Model.Layers;

/// <summary>
/// The large-kernel attention that both convolution-only predictors are made of (Guo et al. 2022, "Visual Attention Network"): a depth-wise
/// 5×5 convolution, a depth-wise 7×7 one dilated by 3, a 1×1 one.
/// </summary>
internal sealed class LargeKernel : nn.Module<Tensor, Tensor>
{
    private readonly Conv2d near;
    private readonly Conv2d far;
    private readonly Conv2d mix;

    internal LargeKernel(long channels, long output)
        : base(nameof(LargeKernel))
    {
        near = nn.Conv2d(channels, channels, 5, padding: 2, groups: channels);
        far = nn.Conv2d(channels, channels, 7, padding: 9, dilation: 3, groups: channels);
        mix = nn.Conv2d(channels, output, 1);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input) => mix.call(far.call(near.call(input)));
}

/// <summary>
/// Gated spatiotemporal attention (Tan et al. 2022, "SimVP: Towards Simple yet Powerful Spatiotemporal Predictive Learning"): half of the
/// large kernel's output gates the other.
/// </summary>
internal sealed class GatedAttention : nn.Module<Tensor, Tensor>
{
    private readonly LargeKernel kernel;

    internal GatedAttention(long channels)
        : base(nameof(GatedAttention))
    {
        kernel = new(channels, 2 * channels);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        var halves = kernel.call(input).chunk(2, 1);
        return halves[0].sigmoid() * halves[1];
    }
}

/// <summary>
/// The temporal attention unit (Tan et al. 2023, "Temporal Attention Unit: Towards Efficient Spatiotemporal Predictive Learning"): the
/// large kernel within frames, times a squeeze-and-excitation (Hu, Shen and Sun 2018) across the channels, which are the times.
/// </summary>
internal sealed class TemporalAttention : nn.Module<Tensor, Tensor>
{
    private const int Squeeze = 4;

    private readonly LargeKernel within;
    private readonly Linear squeeze;
    private readonly Linear excite;

    internal TemporalAttention(long channels)
        : base(nameof(TemporalAttention))
    {
        within = new(channels, channels);
        squeeze = nn.Linear(channels, Math.Max(1, channels / Squeeze), hasBias: false);
        excite = nn.Linear(Math.Max(1, channels / Squeeze), channels, hasBias: false);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        var across = excite.call(squeeze.call(input.mean([2, 3])).relu()).sigmoid();
        return across.unsqueeze(-1).unsqueeze(-1) * within.call(input) * input;
    }
}
