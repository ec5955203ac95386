namespace ConvLstm.Nowcast.Ingest.Quality;

/// <summary>A scan as a few hundred block means of log-rain: what a jump of the whole picture changes.</summary>
internal static class CoarseRain
{
    private const int BlocksAcross = 24;

    /// <summary>The mean of log(1 + rate) of each block; 0 where a block has no observed pixel.</summary>
    internal static double[] Of(RadarFrame frame)
    {
        var (width, height) = (frame.Grid.Width, frame.Grid.Height);
        var block = Math.Max(1, (Math.Max(width, height) + BlocksAcross - 1) / BlocksAcross);
        var (across, down) = ((width + block - 1) / block, (height + block - 1) / block);
        var (sums, counts) = (new double[across * down], new int[across * down]);
        for (var row = 0; row < height; row++)
        {
            for (var column = 0; column < width; column++)
            {
                var rate = frame.RainRate[(row * width) + column];
                if (float.IsNaN(rate))
                    continue;
                var at = (row / block * across) + (column / block);
                counts[at]++;
                // Most pixels are dry, and the logarithm is what costs.
                if (rate > 0)
                    sums[at] += Math.Log(1 + rate);
            }
        }
        for (var i = 0; i < sums.Length; i++)
            sums[i] = counts[i] == 0 ? 0 : sums[i] / counts[i];
        return sums;
    }
}
