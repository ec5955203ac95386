namespace ConvLstm.Nowcast.Model.Layers;

/// <summary>
/// The trajectory GRU of Shi et al. 2017 (equation 2): a <see cref="ConvGruCell"/> whose state-to-state links are not a fixed
/// neighbourhood but a few places per pixel, found from input and state by a small network (section 3.3: one hidden layer of 32
/// channels, 5×5 kernels) and read by bilinear interpolation; a 1×1 convolution joins them.
/// </summary>
public sealed class TrajGruCell : ConvGruCell
{
    /// <summary>Links of a pixel: 13, 13 and 9 in the paper's three layers.</summary>
    public const int Links = 9;

    private const int FlowChannels = 32;
    private const int FlowKernel = 5;

    private readonly Conv2d? flow_from_input;
    private readonly Conv2d flow_from_state;
    private readonly Conv2d flow;

    public TrajGruCell(long inputChannels, long hiddenChannels, long kernel)
        : base(inputChannels, hiddenChannels, kernel, nn.Conv2d(Links * hiddenChannels, 3 * hiddenChannels, 1))
    {
        flow_from_input = inputChannels == 0 ? null : nn.Conv2d(inputChannels, FlowChannels, FlowKernel, padding: FlowKernel / 2);
        flow_from_state = nn.Conv2d(hiddenChannels, FlowChannels, FlowKernel, padding: FlowKernel / 2);
        flow = nn.Conv2d(FlowChannels, 2 * Links, FlowKernel, padding: FlowKernel / 2);
        RegisterComponents();
    }

    private protected override Tensor FromState(Tensor? input, Tensor state)
    {
        var size = state.shape;
        var read = flow_from_state.call(state);
        var flows = flow.call(nn.functional.leaky_relu(input is null ? read : read + flow_from_input!.call(input), 0.2));
        // All links at once: (N·links, hidden, H, W) read at (N·links, H, W, 2).
        var places = Pixels(size[2], size[3], state)
            + flows.reshape(size[0] * Links, 2, size[2], size[3]).permute(0, 2, 3, 1) * Scale(size[2], size[3], state);
        var copies = state.unsqueeze(1).expand(-1, Links, -1, -1, -1).reshape(size[0] * Links, size[1], size[2], size[3]);
        var linked = nn.functional.grid_sample(copies, places, GridSampleMode.Bilinear, GridSamplePaddingMode.Zeros, align_corners: true);
        return from_state.call(linked.reshape(size[0], Links * size[1], size[2], size[3]));
    }

    /// <summary>From pixels to the range −1 … 1 of the sampler, x first.</summary>
    private static Tensor Scale(long height, long width, Tensor like) =>
        tensor([2f / Math.Max(1, width - 1), 2f / Math.Max(1, height - 1)], [2], like.dtype, like.device);

    private static Tensor Pixels(long height, long width, Tensor like)
    {
        var axes = meshgrid([linspace(-1, 1, height, like.dtype, like.device), linspace(-1, 1, width, like.dtype, like.device)], "ij");
        return stack([axes[1], axes[0]], -1).unsqueeze(0);
    }
}
