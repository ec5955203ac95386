namespace ConvLstm.Nowcast.Model.Networks;

/// <summary>
/// Rain at a point, a gauge or the mean of a catchment: a one-dimensional convolution over the window of times, an LSTM, a dense layer
/// ("sequential integration" of hybrid rainfall networks). On a map each pixel is a point that knows nothing of its neighbours.
/// </summary>
public sealed class Conv1dLstm : TileLstm
{
    public const string Name = "conv1d-lstm";

    private readonly Conv1d convolution;
    private readonly Linear draw;

    public Conv1dLstm(NetworkOptions options)
        : base(options, options.Hidden[0])
    {
        convolution = nn.Conv1d(InputChannels, options.Hidden[0], options.Kernel, padding: options.Kernel / 2);
        draw = nn.Linear(Units, 1);
        Quiet(draw.weight, draw.bias);
        RegisterComponents();
    }

    private protected override int Side => 1;

    private protected override Tensor Encode(Tensor tiles, long time)
    {
        var series = tiles.reshape(time, -1, InputChannels).permute(1, 2, 0);
        return convolution.call(series).relu().permute(2, 0, 1).contiguous();
    }

    private protected override Tensor Decode(Tensor hidden) => draw.call(hidden).view(-1, 1, 1, 1);
}
