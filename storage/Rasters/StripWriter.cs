namespace ConvLstm.Nowcast.Storage.Rasters;

/// <summary>
/// Turns the maps of a run round: a strip is some rows of a tile with all its leads, map after map, so that a place is
/// some bytes at equal distances. High and low bytes lie apart, which packs better: rain above 2.55 mm/h is rare. The
/// buffers are used again for the next strip.
/// </summary>
internal sealed class StripWriter
{
    /// <summary>Grid rows of a strip; the questions of the migrations know it too.</summary>
    internal const int Rows = 8;

    /// <summary>Nothing can be said; 0.01 mm/h is 1, so that 655.34 mm/h fit.</summary>
    private const int Unknown = ushort.MaxValue;

    private const int StepsPerMmH = 100;

    private readonly TileLayout _tiles;
    private readonly float[][] _rates;
    private readonly float[][] _means;
    private readonly byte[][] _percent;

    /// <param name="tiles">The grid's tiles; a strip is as wide as they.</param>
    /// <param name="rates">For each lead mm/h in steps of 0.01, row-major; NaN where nothing can be said.</param>
    /// <param name="means">The same of the mean of the distribution.</param>
    /// <param name="percent">For each lead and threshold the per cent, row-major; 255 where nothing can be said.</param>
    internal StripWriter(TileLayout tiles, float[][] rates, float[][] means, byte[][][] percent)
    {
        _tiles = tiles;
        _rates = rates;
        _means = means;
        _percent = [.. percent.SelectMany(levels => levels)];
        Rates = new byte[Rows * tiles.Size * 2 * rates.Length];
        Means = new byte[Rates.Length];
        Percent = new byte[Rows * tiles.Size * _percent.Length];
    }

    /// <summary>How many strips lie one below the other.</summary>
    internal static int Down(TileLayout tiles) => (tiles.Grid.Height + Rows - 1) / Rows;

    /// <summary>For each lead the high bytes of all pixels, then the low ones.</summary>
    internal byte[] Rates { get; }

    /// <summary>As <see cref="Rates"/>.</summary>
    internal byte[] Means { get; }

    /// <summary>For each lead and threshold a byte of each pixel.</summary>
    internal byte[] Percent { get; }

    /// <summary>Reads a strip; what lies beyond the grid is unknown.</summary>
    internal void Fill(int strip, int column)
    {
        var (first, window) = (strip * Rows, _tiles.Window(0, column));
        var height = Math.Min(Rows, _tiles.Grid.Height - first);
        if (height < Rows || window.Width < _tiles.Size)
        {
            Array.Fill(Rates, byte.MaxValue);
            Array.Fill(Means, byte.MaxValue);
            Array.Fill(Percent, RasterFormat.PercentNodata);
        }
        var pixels = Rows * _tiles.Size;
        for (var row = 0; row < height; row++)
        {
            var (source, target) = (((first + row) * _tiles.Grid.Width) + window.Column, row * _tiles.Size);
            for (var lead = 0; lead < _rates.Length; lead++)
            {
                var high = (2 * lead * pixels) + target;
                FillRates(_rates[lead].AsSpan(source, window.Width), Rates.AsSpan(high, window.Width),
                    Rates.AsSpan(high + pixels, window.Width));
                FillRates(_means[lead].AsSpan(source, window.Width), Means.AsSpan(high, window.Width),
                    Means.AsSpan(high + pixels, window.Width));
            }
            for (var map = 0; map < _percent.Length; map++)
                _percent[map].AsSpan(source, window.Width).CopyTo(Percent.AsSpan((map * pixels) + target));
        }
    }

    private static void FillRates(ReadOnlySpan<float> source, Span<byte> high, Span<byte> low)
    {
        for (var i = 0; i < source.Length; i++)
        {
            // No consumer is given rates beyond what fits: the checks of a run hold them far below.
            var steps = float.IsNaN(source[i]) ? Unknown : (int)MathF.Min((source[i] * StepsPerMmH) + 0.5f, Unknown - 1);
            high[i] = (byte)(steps >> 8);
            low[i] = (byte)steps;
        }
    }
}
