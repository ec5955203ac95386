namespace ConvLstm.Nowcast.Studies.Digits;

/// <summary>
/// The eight ways to turn and mirror a square, numbered 0 (as it is) … 7: 1 mirrors the rows, 2 the columns, 4 swaps the two, in this
/// order.
/// </summary>
internal static class SquareSymmetry
{
    internal const int Count = 8;

    /// <summary>A frame turned or mirrored.</summary>
    /// <param name="frame">Row-major.</param>
    /// <param name="symmetry">0 … 7.</param>
    /// <param name="side">Of the square, pixels.</param>
    internal static float[] Apply(float[] frame, int symmetry, int side)
    {
        var turned = new float[frame.Length];
        for (var row = 0; row < side; row++)
        {
            for (var column = 0; column < side; column++)
            {
                var (r, c) = ((symmetry & 1) == 0 ? row : side - 1 - row, (symmetry & 2) == 0 ? column : side - 1 - column);
                turned[(row * side) + column] = frame[(symmetry & 4) == 0 ? (r * side) + c : (c * side) + r];
            }
        }
        return turned;
    }

    /// <summary>The one that undoes another: what mirrored rows mirrors columns once both are swapped.</summary>
    internal static int Inverse(int symmetry) => (symmetry & 4) == 0 ? symmetry : 4 | ((symmetry & 1) << 1) | ((symmetry & 2) >> 1);
}
