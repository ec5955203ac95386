namespace ConvLstm.Nowcast.Cascade;

/// <summary>
/// Where a member may rain: around where it rained one step before, fading over a rim (the incremental mask of Pulkkinen et al. 2019,
/// section 2.6). Distances are counted in cells of a few pixels.
/// </summary>
internal sealed class IncrementalMask(int height, int width, double pixelKilometres, double stepMinutes)
{
    private const int Cell = 4;
    private const double RimKilometres = 10;

    /// <summary>How fast rain may spread at full strength.</summary>
    private const double KilometresPerMinute = 0.5;

    private readonly int _rows = (height + Cell - 1) / Cell;
    private readonly int _columns = (width + Cell - 1) / Cell;

    /// <summary>For each cell 0 to 1.</summary>
    internal float[] Around(ReadOnlySpan<float> rain)
    {
        const float Far = 1e6f;
        var distance = new float[_rows * _columns];
        Array.Fill(distance, Far);
        for (var row = 0; row < height; row++)
        {
            for (var column = 0; column < width; column++)
            {
                if (rain[(row * width) + column] >= PaddedRain.Threshold)
                    distance[((row / Cell) * _columns) + (column / Cell)] = 0;
            }
        }
        Chamfer(distance);
        var side = Cell * pixelKilometres;
        var spread = KilometresPerMinute * stepMinutes;
        for (var i = 0; i < distance.Length; i++)
            distance[i] = (float)Math.Clamp(1 - (((distance[i] * side) - spread) / RimKilometres), 0, 1);
        return distance;
    }

    /// <summary>The mask at a pixel, bilinear between the cells.</summary>
    internal float At(float[] mask, int row, int column)
    {
        var (y, x) = (((row + 0.5f) / Cell) - 0.5f, ((column + 0.5f) / Cell) - 0.5f);
        var (top, left) = (Math.Clamp((int)MathF.Floor(y), 0, _rows - 1), Math.Clamp((int)MathF.Floor(x), 0, _columns - 1));
        var (bottom, right) = (Math.Min(top + 1, _rows - 1), Math.Min(left + 1, _columns - 1));
        var (fy, fx) = (Math.Clamp(y - top, 0, 1), Math.Clamp(x - left, 0, 1));
        var upper = float.Lerp(mask[(top * _columns) + left], mask[(top * _columns) + right], fx);
        return float.Lerp(upper, float.Lerp(mask[(bottom * _columns) + left], mask[(bottom * _columns) + right], fx), fy);
    }

    /// <summary>Distances to the nearest cell of distance 0, in cells (Borgefors 1986, two passes).</summary>
    private void Chamfer(float[] distance)
    {
        const float Diagonal = 1.41f;
        for (var row = 0; row < _rows; row++)
        {
            for (var column = 0; column < _columns; column++)
            {
                Nearer(distance, row, column, 0, -1, 1);
                Nearer(distance, row, column, -1, 0, 1);
                Nearer(distance, row, column, -1, -1, Diagonal);
                Nearer(distance, row, column, -1, 1, Diagonal);
            }
        }
        for (var row = _rows - 1; row >= 0; row--)
        {
            for (var column = _columns - 1; column >= 0; column--)
            {
                Nearer(distance, row, column, 0, 1, 1);
                Nearer(distance, row, column, 1, 0, 1);
                Nearer(distance, row, column, 1, 1, Diagonal);
                Nearer(distance, row, column, 1, -1, Diagonal);
            }
        }
    }

    private void Nearer(float[] distance, int row, int column, int down, int right, float way)
    {
        var (y, x) = (row + down, column + right);
        if (y >= 0 && y < _rows && x >= 0 && x < _columns)
            distance[(row * _columns) + column] = Math.Min(distance[(row * _columns) + column], distance[(y * _columns) + x] + way);
    }
}
