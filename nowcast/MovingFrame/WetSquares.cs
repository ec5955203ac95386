using ConvLstm.Nowcast.Ingest;

namespace ConvLstm.Nowcast.MovingFrame;

/// <summary>Where squares are cut out of scans for training, and how they are turned.</summary>
internal static class WetSquares
{
    /// <summary>Rain from which a pixel counts, mm/h.</summary>
    private const float Wet = 0.1f;

    /// <summary>Every so many pixels are looked at.</summary>
    private const int Raster = 4;

    /// <summary>The upper left corner of the wettest of a few squares at random.</summary>
    internal static (int Row, int Column) Draw(RadarFrame frame, int side, int places, Random random) =>
        Enumerable.Range(0, places)
            .Select(_ => (Row: random.Next(frame.Grid.Height - side + 1), Column: random.Next(frame.Grid.Width - side + 1)))
            .MaxBy(p => WetPixels(frame, p.Row, p.Column, side));

    /// <summary>One of the eight symmetries of the square: (time, side, side, channels).</summary>
    internal static Tensor Turned(Tensor square, int symmetry)
    {
        if ((symmetry & 1) != 0)
            square = square.flip(1);
        if ((symmetry & 2) != 0)
            square = square.flip(2);
        return (symmetry & 4) != 0 ? square.transpose(1, 2) : square;
    }

    private static int WetPixels(RadarFrame frame, int row, int column, int side)
    {
        var wet = 0;
        for (var r = row; r < row + side; r += Raster)
        {
            for (var c = column; c < column + side; c += Raster)
                wet += frame.RainRate[(r * frame.Grid.Width) + c] > Wet ? 1 : 0;
        }
        return wet;
    }
}
