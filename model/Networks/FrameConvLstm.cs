using ConvLstm.Nowcast.Model.Layers;

namespace ConvLstm.Nowcast.Model.Networks;

/// <summary>
/// The network of the image-sequence study (Williams 2025): two frames in, one out; ConvLSTM layers with batch normalisation between
/// them, and a convolution with ReLU or tanh output. The study's search goes over 1 to 7 layers of 1 to 100 kernels.
/// </summary>
public sealed class FrameConvLstm : RollingNetwork
{
    public const string Name = "frame-convlstm";
    private const int InputChannels = 2;
    private const int Read = 2;

    private readonly ConvLstmStack stack;
    private readonly Conv2d head;

    public FrameConvLstm(NetworkOptions options)
        : base(options)
    {
        var patchPixels = options.Patch * options.Patch;
        stack = new(InputChannels * patchPixels, options.Hidden, options.Kernel, options.Peepholes, options.Activation,
            normaliseLast: false);
        head = nn.Conv2d(options.Hidden[^1], patchPixels, options.Kernel, padding: options.Kernel / 2);
        Quiet(head.weight, head.bias);
        RegisterComponents();
    }

    protected override bool DrawsChanges => false;

    protected override string OutputActivation => Activations.Relu;

    protected override Tensor Next(Tensor past)
    {
        var (batch, time) = (past.shape[0], Math.Min(Read, past.shape[1]));
        var frames = FrameLayout.ToPatches(past.narrow(1, past.shape[1] - time, time), Options.Patch);
        var last = stack.call(frames, time).narrow(0, (time - 1) * batch, batch);
        return FrameLayout.FromPatches(head.call(last), Options.Patch, past.shape[2], past.shape[3]).unsqueeze(1);
    }
}
