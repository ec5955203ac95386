using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Model.Layers;

namespace ConvLstm.Nowcast.Model.Networks;

/// <summary>
/// A <see cref="TileLstm"/> whose features come from convolutions that pool twice, and whose tiles are drawn by
/// <see cref="TileDecoder"/>.
/// </summary>
public abstract class PooledLstm : TileLstm
{
    private protected readonly TileDecoder decoder;

    private protected PooledLstm(NetworkOptions options)
        : base(options, Channels(options) * (options.Tile / TileDecoder.Shrunk) * (options.Tile / TileDecoder.Shrunk))
    {
        if (options.Tile % TileDecoder.Shrunk != 0)
            throw new ReportedException(
                $"A tile of {options.Tile} pixels cannot be pooled twice: give a multiple of {TileDecoder.Shrunk}.");
        decoder = new(Units, Channels(options), options.Tile);
        HeStart.Of(decoder);
        Quiet(decoder.Last.weight, decoder.Last.bias);
    }

    /// <summary>Of the convolutions: the first of <see cref="NetworkOptions.Hidden"/>.</summary>
    private protected static int Channels(NetworkOptions options) => options.Hidden[0];

    private protected override Tensor Decode(Tensor hidden) => decoder.call(hidden);
}

/// <summary>
/// A CNN with pooling reads each frame, an LSTM the times, transposed convolutions draw: the CNN-LSTM hybrid of rainfall nowcasting.
/// </summary>
public sealed class CnnLstm : PooledLstm
{
    public const string Name = "cnn-lstm";

    private readonly Sequential encoder;

    public CnnLstm(NetworkOptions options)
        : base(options)
    {
        encoder = nn.Sequential(
            nn.Conv2d(InputChannels, Channels(options), options.Kernel, padding: options.Kernel / 2), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(Channels(options), Channels(options), options.Kernel, padding: options.Kernel / 2), nn.ReLU(), nn.MaxPool2d(2));
        HeStart.Of(encoder);
        RegisterComponents();
    }

    private protected override Tensor Encode(Tensor tiles, long time) => encoder.call(tiles).reshape(time, tiles.shape[0] / time, -1);
}

/// <summary>Branches of 3×3 and 5×5 kernels read each frame side by side, and the LSTM reads them joined: feature fusion.</summary>
public sealed class FusionLstm : PooledLstm
{
    public const string Name = "fusion-lstm";

    private readonly Conv2d fine;
    private readonly Conv2d coarse;
    private readonly Conv2d join;

    public FusionLstm(NetworkOptions options)
        : base(options)
    {
        fine = nn.Conv2d(InputChannels, Channels(options), 3, padding: 1);
        coarse = nn.Conv2d(InputChannels, Channels(options), 5, padding: 2);
        join = nn.Conv2d(2 * Channels(options), Channels(options), 3, padding: 1);
        HeStart.Of(fine, coarse, join);
        RegisterComponents();
    }

    private protected override Tensor Encode(Tensor tiles, long time)
    {
        var fused = nn.functional.max_pool2d(cat([fine.call(tiles), coarse.call(tiles)], 1).relu(), [2, 2]);
        return nn.functional.max_pool2d(join.call(fused).relu(), [2, 2]).reshape(time, tiles.shape[0] / time, -1);
    }
}

/// <summary>
/// Three-dimensional convolutions with pooling in space read all frames at once, the LSTM what they made of each time: spatio-temporal
/// features.
/// </summary>
public sealed class Conv3dLstm : PooledLstm
{
    public const string Name = "conv3d-lstm";

    private readonly Sequential encoder;

    public Conv3dLstm(NetworkOptions options)
        : base(options)
    {
        encoder = nn.Sequential(
            nn.Conv3d(InputChannels, Channels(options), 3, padding: 1), nn.ReLU(), nn.MaxPool3d([1, 2, 2]),
            nn.Conv3d(Channels(options), Channels(options), 3, padding: 1), nn.ReLU(), nn.MaxPool3d([1, 2, 2]));
        HeStart.Of(encoder);
        RegisterComponents();
    }

    private protected override Tensor Encode(Tensor tiles, long time)
    {
        var videos = tiles.view(time, tiles.shape[0] / time, InputChannels, Side, Side).permute(1, 2, 0, 3, 4);
        return encoder.call(videos).permute(2, 0, 1, 3, 4).reshape(time, tiles.shape[0] / time, -1);
    }
}
