namespace ConvLstm.Nowcast.Model.Networks;

/// <summary>
/// The fully connected LSTM, the baseline of Shi et al. 2015 (section 4): frames are flattened, read by an LSTM and decoded by a dense
/// layer.
/// The baseline has <see cref="NetworkOptions.Hidden"/> = [2048] and one tile of 64.
/// </summary>
public sealed class FcLstm : TileLstm
{
    public const string Name = "fc-lstm";

    private readonly Linear draw;

    public FcLstm(NetworkOptions options)
        : base(options, InputChannels * options.Tile * options.Tile)
    {
        draw = nn.Linear(Units, options.Tile * options.Tile);
        Quiet(draw.weight, draw.bias);
        RegisterComponents();
    }

    private protected override Tensor Encode(Tensor tiles, long time) => tiles.reshape(time, tiles.shape[0] / time, -1);

    private protected override Tensor Decode(Tensor hidden) => draw.call(hidden).view(-1, 1, Side, Side);
}
