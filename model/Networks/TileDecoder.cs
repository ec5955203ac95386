namespace ConvLstm.Nowcast.Model.Networks;

/// <summary>A dense layer and two transposed convolutions from a vector to a tile: the decoder of the networks that pool twice.</summary>
internal sealed class TileDecoder : nn.Module<Tensor, Tensor>
{
    /// <summary>What the side of a tile shrinks to by pooling twice is this part of it.</summary>
    internal const int Shrunk = 4;

    private readonly long channels;
    private readonly long side;
    private readonly Linear spread;
    private readonly ConvTranspose2d up;
    private readonly ConvTranspose2d draw;

    /// <param name="units">The length of the vector.</param>
    /// <param name="channels">Channels at the coarsest scale.</param>
    /// <param name="tile">The side of the tile.</param>
    internal TileDecoder(long units, long channels, int tile)
        : base(nameof(TileDecoder))
    {
        (this.channels, side) = (channels, tile / Shrunk);
        spread = nn.Linear(units, channels * side * side);
        up = nn.ConvTranspose2d(channels, channels, 4, stride: 2, padding: 1);
        draw = nn.ConvTranspose2d(channels, 1, 4, stride: 2, padding: 1);
        RegisterComponents();
    }

    internal ConvTranspose2d Last => draw;

    public override Tensor forward(Tensor hidden) => draw.call(up.call(spread.call(hidden).relu().view(-1, channels, side, side)).relu());
}
