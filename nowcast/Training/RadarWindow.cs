using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Sequences;
using ConvLstm.Nowcast.MovingFrame;

namespace ConvLstm.Nowcast.Training;

/// <summary>
/// A part of a grid, taken for the whole: most of a large composite is dry, and what the rest teaches and shows costs a fraction of it.
/// </summary>
internal readonly record struct RadarWindow(int Row, int Column, int Height, int Width)
{
    /// <summary>Places that are looked at for the one with most rain.</summary>
    private const int Places = 24;

    /// <param name="newest">The scan that says where it rains.</param>
    /// <param name="side">Pixels at most on each side; 0 for the whole grid.</param>
    /// <param name="random">Draws the places.</param>
    internal static RadarWindow Wettest(RadarFrame newest, int side, Random random)
    {
        var (height, width) = (newest.Grid.Height, newest.Grid.Width);
        if (side == 0 || (height <= side && width <= side))
            return new(0, 0, height, width);
        var square = Math.Min(side, Math.Min(height, width));
        var (row, column) = WetSquares.Draw(newest, square, Places, random);
        return new(row, column, square, square);
    }

    internal RadarSequence Of(RadarSequence scans)
    {
        var whole = scans.Grid;
        if (Height == whole.Height && Width == whole.Width)
            return scans;
        var grid = whole with
        {
            Width = Width,
            Height = Height,
            OriginX = whole.OriginX + (Column * whole.PixelX),
            OriginY = whole.OriginY - (Row * whole.PixelY),
        };
        var window = this;
        return new(scans.Step, [
            .. scans.Frames.Select(f => new RadarFrame(grid, f.ValidTime, window.Cut(f)) { IsInterpolated = f.IsInterpolated })]);
    }

    private float[] Cut(RadarFrame frame)
    {
        var rain = new float[Height * Width];
        for (var row = 0; row < Height; row++)
            frame.RainRate.AsSpan(((Row + row) * frame.Grid.Width) + Column, Width).CopyTo(rain.AsSpan(row * Width));
        return rain;
    }
}
