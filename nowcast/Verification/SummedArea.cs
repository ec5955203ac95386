namespace ConvLstm.Nowcast.Verification;

/// <summary>Counts of true pixels in boxes, from a table of sums over all above and to the left (Crow 1984).</summary>
internal sealed class SummedArea
{
    private readonly int width;
    private readonly int height;
    private readonly int[] sums;

    internal SummedArea(int width, int height)
    {
        this.width = width;
        this.height = height;
        sums = new int[(width + 1) * (height + 1)];
    }

    /// <summary>Adds a pixel; they come in row-major order.</summary>
    internal void Add(int pixel, bool value)
    {
        var (row, column) = Math.DivRem(pixel, width);
        var at = ((row + 1) * (width + 1)) + column + 1;
        sums[at] = sums[at - 1] + sums[at - width - 1] - sums[at - width - 2] + (value ? 1 : 0);
    }

    /// <summary>The count in the box of that radius around a pixel, cut off at the edges.</summary>
    internal int Around(int pixel, int radius)
    {
        var (row, column) = Math.DivRem(pixel, width);
        int top = Math.Max(0, row - radius) * (width + 1), bottom = Math.Min(height, row + radius + 1) * (width + 1);
        int left = Math.Max(0, column - radius), right = Math.Min(width, column + radius + 1);
        return sums[bottom + right] - sums[top + right] - sums[bottom + left] + sums[top + left];
    }
}
