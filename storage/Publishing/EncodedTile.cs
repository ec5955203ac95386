using ConvLstm.Nowcast.Storage.Rasters;

namespace ConvLstm.Nowcast.Storage.Publishing;

/// <summary>All leads of a tile, ready to be sent. Used again for the next tile.</summary>
internal sealed class EncodedTile(TileLayout tiles, int leads, int probabilities)
{
    private readonly RasterWriter[] _writers =
        [.. Enumerable.Range(0, leads).Select(_ => new RasterWriter(tiles, rates: 2, probabilities))];

    /// <summary>For each lead the raster.</summary>
    public byte[][] Wkb { get; } = new byte[leads][];

    /// <summary>For each lead what questions about areas add up.</summary>
    public TileSums[] Sums { get; } = [.. Enumerable.Range(0, leads).Select(_ => new TileSums(tiles))];

    /// <summary>Encodes a tile of the maps of a run (<see cref="RunPixels"/>).</summary>
    public void Fill(int row, int column, float[][] rates, float[][] means, byte[][][] percent)
    {
        for (var lead = 0; lead < _writers.Length; lead++)
        {
            Wkb[lead] = _writers[lead].Write(row, column, [rates[lead], means[lead]], percent[lead]);
            Sums[lead].Read(row, column, rates[lead], means[lead]);
        }
    }
}
