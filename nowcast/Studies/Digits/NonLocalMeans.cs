namespace ConvLstm.Nowcast.Studies.Digits;

/// <summary>
/// Non-local means (Buades, Coll and Morel 2005, "A Non-Local Algorithm for Image Denoising"): each pixel becomes the mean of the pixels
/// around it, weighted by how alike the squares around them are. Squared differences are summed over squares by running sums, one shift
/// at a time (Darbon et al. 2008).
/// </summary>
public sealed class NonLocalMeans
{
    private readonly int _patch;
    private readonly int _search;
    private readonly double _strength;

    /// <param name="strength">h: squares whose root mean square difference is this count for 1/e.</param>
    /// <param name="patchSide">Of the squares that are compared, odd.</param>
    /// <param name="searchSide">Of the square that is searched, odd.</param>
    public NonLocalMeans(double strength, int patchSide = 7, int searchSide = 21)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(strength);
        (_strength, _patch, _search) = (strength, patchSide / 2, searchSide / 2);
    }

    /// <param name="width">Columns.</param>
    /// <param name="image">Row-major; beyond the edge it is mirrored.</param>
    public float[] Denoise(int width, ReadOnlySpan<float> image)
    {
        var height = image.Length / width;
        var border = _patch + _search;
        var (wide, tall) = (width + (2 * border), height + (2 * border));
        var padded = new float[wide * tall];
        for (var row = 0; row < tall; row++)
        {
            for (var column = 0; column < wide; column++)
                padded[(row * wide) + column] = image[(Mirrored(row - border, height) * width) + Mirrored(column - border, width)];
        }
        var (sums, weights) = (new double[image.Length], new double[image.Length]);
        var table = new double[(width + (2 * _patch) + 1) * (height + (2 * _patch) + 1)];
        for (var down = -_search; down <= _search; down++)
        {
            for (var right = -_search; right <= _search; right++)
                Add(padded, wide, width, height, down, right, table, sums, weights);
        }
        var denoised = new float[image.Length];
        for (var i = 0; i < denoised.Length; i++)
            denoised[i] = (float)(sums[i] / weights[i]);
        return denoised;
    }

    /// <summary>What the pixels at one shift give.</summary>
    private void Add(float[] padded, int wide, int width, int height, int down, int right, double[] table, double[] sums, double[] weights)
    {
        var (across, along) = (width + (2 * _patch), height + (2 * _patch));
        var shift = (down * wide) + right;
        for (var row = 0; row < along; row++)
        {
            var line = 0.0;
            var from = ((row + _search) * wide) + _search;
            var to = ((row + 1) * (across + 1)) + 1;
            for (var column = 0; column < across; column++)
            {
                double difference = padded[from + column] - padded[from + column + shift];
                line += difference * difference;
                table[to + column] = table[to + column - across - 1] + line;
            }
        }
        var side = (2 * _patch) + 1;
        var scale = -1 / (_strength * _strength * side * side);
        for (var row = 0; row < height; row++)
        {
            var (above, below) = (row * (across + 1), (row + side) * (across + 1));
            var middle = ((row + _patch + _search) * wide) + _patch + _search + shift;
            for (var column = 0; column < width; column++)
            {
                var distance = table[below + column + side] - table[above + column + side] - table[below + column] + table[above + column];
                var weight = Math.Exp(scale * Math.Max(0, distance));
                sums[(row * width) + column] += weight * padded[middle + column];
                weights[(row * width) + column] += weight;
            }
        }
    }

    /// <summary>The edge pixel is not repeated.</summary>
    private static int Mirrored(int i, int size)
    {
        if (size == 1)
            return 0;
        var period = 2 * (size - 1);
        var at = ((i % period) + period) % period;
        return at < size ? at : period - at;
    }
}
