namespace ConvLstm.Nowcast.Verification;

/// <summary>Counts of true pixels in boxes, from a table of sums over all above and to the left (Crow 1984).</summary>
internal sealed class SummedArea
{
    private readonly int _width;
    private readonly int _height;
    private readonly int[] _sums;

    internal SummedArea(int width, int height)
    {
        _width = width;
        _height = height;
        _sums = new int[(width + 1) * (height + 1)];
    }

    /// <summary>Adds a pixel; they come in row-major order.</summary>
    internal void Add(int pixel, bool value)
    {
        var (row, column) = Math.DivRem(pixel, _width);
        var at = ((row + 1) * (_width + 1)) + column + 1;
        _sums[at] = _sums[at - 1] + _sums[at - _width - 1] - _sums[at - _width - 2] + (value ? 1 : 0);
    }

    /// <summary>The count in the box of that radius around a pixel, cut off at the edges.</summary>
    internal int Around(int pixel, int radius)
    {
        var (row, column) = Math.DivRem(pixel, _width);
        int top = Math.Max(0, row - radius) * (_width + 1), bottom = Math.Min(_height, row + radius + 1) * (_width + 1);
        int left = Math.Max(0, column - radius), right = Math.Min(_width, column + radius + 1);
        return _sums[bottom + right] - _sums[top + right] - _sums[bottom + left] + _sums[top + left];
    }
}
