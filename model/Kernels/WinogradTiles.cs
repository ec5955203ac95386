namespace ConvLstm.Nowcast.Model.Kernels;

/// <summary>A run of tiles side by side in one row of tiles.</summary>
/// <param name="Image">Which image.</param>
/// <param name="Row">The row of tiles.</param>
/// <param name="Column">The first column of tiles.</param>
/// <param name="Count">How many.</param>
/// <param name="Before">How many tiles of the same piece come before.</param>
internal readonly record struct TileRun(int Image, int Row, int Column, int Count, int Before);

/// <summary>The tiles of all images in reading order, cut into pieces whose patches fit the cache.</summary>
internal readonly struct WinogradTiles
{
    /// <summary>Floats of patches that are worked on together: about half of a second-level cache.</summary>
    internal const int CacheFloats = 120 << 10;

    private const int LargestPiece = 96;
    private readonly int _rows, _columns, _tiles;

    /// <param name="images">Those of the output.</param>
    /// <param name="channels">Floats of a position of a tile.</param>
    /// <param name="shares">All pieces together are a multiple of it, as far as that goes: what works on them at the same time.</param>
    /// <param name="cacheFloats">Floats that fit.</param>
    internal WinogradTiles(Images images, int channels, int shares, int cacheFloats = CacheFloats)
    {
        (_rows, _columns) = (TilesOf(images.Height), TilesOf(images.Width));
        _tiles = images.Count * _rows * _columns;
        const int Block = 2 * MatrixProduct.Block;
        var fits = Math.Clamp(cacheFloats / (WinogradTransforms.Positions * channels) / Block * Block, Block, LargestPiece);
        var rounds = (_tiles + (fits * shares) - 1) / (fits * shares);
        Piece = Math.Min(MatrixProduct.RoundUp((_tiles + (rounds * shares) - 1) / (rounds * shares)), _tiles);
        Pieces = (_tiles + Piece - 1) / Piece;
    }

    /// <summary>Tiles of a piece; the last one may have fewer.</summary>
    internal int Piece { get; }

    internal int Pieces { get; }

    internal int TilesIn(int piece) => Math.Min(Piece, _tiles - (piece * Piece));

    /// <summary>The run of tiles that begins where so many of the piece have been done.</summary>
    internal TileRun RunAt(int piece, int done)
    {
        var tile = (piece * Piece) + done;
        var column = tile % _columns;
        return new(tile / _columns / _rows, tile / _columns % _rows, column, Math.Min(_columns - column, TilesIn(piece) - done), done);
    }

    private static int TilesOf(int pixels) => (pixels + WinogradTransforms.Tile - 1) / WinogradTransforms.Tile;
}
