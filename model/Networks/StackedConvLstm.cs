using ConvLstm.Nowcast.Model.Layers;

namespace ConvLstm.Nowcast.Model.Networks;

/// <summary>
/// The form of the Keras tutorial on next-frame video prediction (https://keras.io/examples/vision/conv_lstm/): ConvLSTM layers that
/// return sequences, batch normalisation after each, a Conv3D head with sigmoid. It draws as many frames as it reads, each from
/// those up to its own place; further leads come from its own frames. The tutorial's size is Hidden = [40, 40, 40, 40], trained with MAE
/// and Adam at 1e-3.
/// </summary>
public sealed class StackedConvLstm : RollingNetwork
{
    public const string Name = "stacked-convlstm";
    private const int InputChannels = 2;
    private const int HeadKernel = 3;

    private readonly ConvLstmStack stack;
    private readonly Conv3d head;

    public StackedConvLstm(NetworkOptions options)
        : base(options)
    {
        var patchPixels = options.Patch * options.Patch;
        stack = new(InputChannels * patchPixels, options.Hidden, options.Kernel, options.Peepholes, options.Activation,
            normaliseLast: true);
        head = nn.Conv3d(options.Hidden[^1], patchPixels, HeadKernel, padding: HeadKernel / 2);
        Quiet(head.weight, head.bias);
        RegisterComponents();
    }

    protected override bool DrawsChanges => false;

    protected override string OutputActivation => Activations.Sigmoid;

    protected override Tensor Next(Tensor past)
    {
        var (batch, time, height, width) = (past.shape[0], past.shape[1], past.shape[2], past.shape[3]);
        var hidden = stack.call(FrameLayout.ToPatches(past, Options.Patch), time);
        var size = hidden.shape;
        var video = hidden.view(time, batch, size[1], size[2], size[3]).permute(1, 2, 0, 3, 4);
        var drawn = head.call(video).permute(2, 0, 1, 3, 4).flatten(0, 1);
        return FrameLayout.FromPatches(drawn, Options.Patch, height, width).view(time, batch, height, width, 1).transpose(0, 1);
    }
}
