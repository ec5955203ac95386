namespace ConvLstm.Nowcast.Model.Networks;

/// <summary>
/// What networks with a vector LSTM share: frames are cut into square tiles, each tile of each time becomes features, an LSTM
/// (Hochreiter and Schmidhuber 1997) reads them, a second one unrolls the leads from its states (Srivastava, Mansimov and Salakhutdinov
/// 2015), and each of its outputs is decoded to a tile. A tile sees nothing beyond its border. A frame of the size of a tile is one tile:
/// the form of the papers.
/// </summary>
public abstract class TileLstm : DrawingNetwork
{
    private protected const int InputChannels = 2;

    // Registered by the networks themselves: a field that is private here would not be found there.
    private protected readonly LSTM reader;
    private protected readonly LSTM forecaster;

    private protected TileLstm(NetworkOptions options, long features)
        : base(options)
    {
        Units = options.Hidden[^1];
        reader = nn.LSTM(features, Units);
        forecaster = nn.LSTM(Units, Units);
    }

    /// <summary>
    /// The size of the LSTM: the last of <see cref="NetworkOptions.Hidden"/>; those before it are channels of the encoder.
    /// </summary>
    private protected long Units { get; }

    /// <summary>The side of a tile.</summary>
    private protected virtual int Side => Options.Tile;

    public override Tensor forward(Tensor past, LeadTimes leads)
    {
        var (batch, time, height, width) = (past.shape[0], past.shape[1], past.shape[2], past.shape[3]);
        var (rows, columns) = ((height + Side - 1) / Side, (width + Side - 1) / Side);
        var features = Encode(Tiles(past, rows, columns), time);
        var (read, hidden, cell) = reader.call(features);
        // The forecaster reads the last output of the reader again at each lead.
        var asked = read.select(0, time - 1).unsqueeze(0).expand(leads.Furthest, -1, -1);
        var (unrolled, _, _) = forecaster.call(asked, (hidden, cell));
        var tiles = Decode(cat([.. leads.Steps.Select(step => unrolled.narrow(0, step - 1, 1))], 0).flatten(0, 1));
        var frames = tiles.view(leads.Steps.Count, batch, rows, columns, Side, Side).permute(1, 0, 2, 4, 3, 5)
            .reshape(batch, leads.Steps.Count, rows * Side, columns * Side, 1).narrow(2, 0, height).narrow(3, 0, width);
        return Finished(frames, Newest(past).unsqueeze(1));
    }

    /// <summary>(time·tiles, channels, side, side), time first, to (time, tiles, features).</summary>
    private protected abstract Tensor Encode(Tensor tiles, long time);

    /// <summary>(n, <see cref="Units"/>) to (n, 1, side, side).</summary>
    private protected abstract Tensor Decode(Tensor hidden);

    /// <summary>
    /// (batch, time, H, W, C) → (time · batch · rows · columns, C, side, side), filled up with zeros below and to the right.
    /// </summary>
    private Tensor Tiles(Tensor past, long rows, long columns)
    {
        var s = past.shape;
        var images = past.transpose(0, 1).reshape(s[0] * s[1], s[2], s[3], s[4]).permute(0, 3, 1, 2);
        if (rows * Side > s[2] || columns * Side > s[3])
            images = nn.functional.pad(images, [0, (columns * Side) - s[3], 0, (rows * Side) - s[2]]);
        return images.reshape(s[0] * s[1], s[4], rows, Side, columns, Side).permute(0, 2, 4, 1, 3, 5).reshape(-1, s[4], Side, Side);
    }
}
