using ConvLstm.Nowcast.Ingest.Gdal;

namespace ConvLstm.Nowcast.Ingest.Formats.Rasters;

/// <summary>A picture whose colours are rates; what the legend does not name, and what is transparent, is not observed.</summary>
/// <param name="ValidTime">UTC.</param>
/// <param name="Picture">Of a palette, of red, green and blue, or with opacity.</param>
/// <param name="Rates">mm/h of each colour, which is 0xRRGGBB.</param>
/// <param name="SouthFirst">The first row is the southernmost.</param>
internal sealed record ColourScan(DateTimeOffset ValidTime, GdalDataset Picture, IReadOnlyDictionary<int, float> Rates, bool SouthFirst)
    : IStoredScan
{
    public void Read(RadarGrid grid, Span<float> rainRate)
    {
        var colours = new int[grid.Width];
        for (var row = 0; row < grid.Height; row++)
        {
            ReadColours(row, colours);
            var target = rainRate.Slice((SouthFirst ? grid.Height - 1 - row : row) * grid.Width, grid.Width);
            for (var x = 0; x < target.Length; x++)
                target[x] = colours[x] >= 0 && Rates.TryGetValue(colours[x], out var rate) ? rate : float.NaN;
        }
    }

    /// <summary>The share of pixels that are opaque and of no colour of the legend.</summary>
    internal double ShareUnknown(RadarGrid grid)
    {
        var (unknown, colours) = (0L, new int[grid.Width]);
        for (var row = 0; row < grid.Height; row++)
        {
            ReadColours(row, colours);
            unknown += colours.Count(c => c >= 0 && !Rates.ContainsKey(c));
        }
        return (double)unknown / grid.PixelCount;
    }

    // −1 where the pixel is transparent.
    private void ReadColours(int row, int[] colours)
    {
        var bands = new byte[Picture.Bands.Count][];
        for (var b = 0; b < bands.Length; b++)
            Picture.Bands[b].ReadRow(row, bands[b] = new byte[colours.Length]);
        var palette = bands.Length <= 2 ? Picture.Bands[0].Palette : null;
        var opacity = bands.Length is 2 or 4 ? bands[^1] : null;
        for (var x = 0; x < colours.Length; x++)
        {
            var (red, green, blue, opaque) = palette is not null
                ? bands[0][x] < palette.Count ? palette[bands[0][x]] : default
                : bands.Length >= 3 ? (bands[0][x], bands[1][x], bands[2][x], 255) : (bands[0][x], bands[0][x], bands[0][x], 255);
            colours[x] = opaque == 0 || opacity?[x] == 0 ? -1 : (red << 16) | (green << 8) | blue;
        }
    }
}
