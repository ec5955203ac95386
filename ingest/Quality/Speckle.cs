namespace ConvLstm.Nowcast.Ingest.Quality;

/// <summary>Wet pixels that stand alone: noise of a receiver or of a damaged file; rain has neighbours.</summary>
internal static class Speckle
{
    // One wet neighbour of the eight may be chance.
    private const int MostNeighbours = 1;

    /// <summary>
    /// The share of wet pixels with at most one wet neighbour; 0 where less than <paramref name="leastWetShare"/> of the observed ones is
    /// wet.
    /// </summary>
    internal static double Share(RadarFrame frame, double leastWetShare)
    {
        var (width, height, rain) = (frame.Grid.Width, frame.Grid.Height, frame.RainRate);
        int wet = 0, alone = 0, observed = 0;
        for (var row = 0; row < height; row++)
        {
            for (var column = 0; column < width; column++)
            {
                var rate = rain[(row * width) + column];
                if (!float.IsNaN(rate))
                    observed++;
                if (!(rate > ScanSummary.WetAbove))
                    continue;
                wet++;
                if (Neighbours(rain, width, height, row, column) <= MostNeighbours)
                    alone++;
            }
        }
        return wet == 0 || wet < leastWetShare * observed ? 0 : (double)alone / wet;
    }

    private static int Neighbours(float[] rain, int width, int height, int row, int column)
    {
        var count = -1;
        for (var r = Math.Max(0, row - 1); r <= Math.Min(height - 1, row + 1); r++)
        {
            for (var c = Math.Max(0, column - 1); c <= Math.Min(width - 1, column + 1); c++)
            {
                if (rain[(r * width) + c] > ScanSummary.WetAbove)
                    count++;
            }
        }
        return count;
    }
}
