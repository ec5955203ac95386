namespace ConvLstm.Nowcast.Storage.Rasters;

/// <summary>What questions about areas add up where a tile lies wholly within.</summary>
internal sealed class TileSums(TileLayout tiles)
{
    private const int StepsPerMmH = 100;

    /// <summary>In steps of 0.01 mm/h: above 0.1 mm/h.</summary>
    private const int WetAbove = 10;

    /// <summary>Pixels with a rate.</summary>
    public int Known { get; private set; }

    /// <summary>Pixels above 0.1 mm/h.</summary>
    public int Wet { get; private set; }

    /// <summary>The sum of the mean rates, mm/h.</summary>
    public double Sum { get; private set; }

    /// <summary>The highest rate, mm/h; null where no pixel has one.</summary>
    public float? Highest { get; private set; }

    /// <summary>Looks at a tile.</summary>
    /// <param name="tileRow">0 is the northernmost.</param>
    /// <param name="tileColumn">0 is the westernmost.</param>
    /// <param name="rainRate">mm/h of the whole grid in steps of 0.01, row-major; NaN where nothing can be said.</param>
    /// <param name="mean">The same of the mean of the distribution, known where the rates are.</param>
    public void Read(int tileRow, int tileColumn, float[] rainRate, float[] mean)
    {
        var window = tiles.Window(tileRow, tileColumn);
        int known = 0, wet = 0, highest = -1;
        var sum = 0L;
        for (var row = 0; row < window.Height; row++)
        {
            var first = ((window.Row + row) * tiles.Grid.Width) + window.Column;
            for (var pixel = first; pixel < first + window.Width; pixel++)
            {
                if (float.IsNaN(rainRate[pixel]))
                    continue;
                var steps = Steps(rainRate[pixel]);
                known++;
                sum += Steps(mean[pixel]);
                wet += steps > WetAbove ? 1 : 0;
                highest = Math.Max(highest, steps);
            }
        }
        Known = known;
        Wet = wet;
        Sum = (double)sum / StepsPerMmH;
        Highest = known == 0 ? null : (float)highest / StepsPerMmH;
    }

    /// <summary>As far as strips hold it, so that a tile is the same by its sums and by its pixels.</summary>
    private static int Steps(float rate) => (int)MathF.Min((rate * StepsPerMmH) + 0.5f, ushort.MaxValue - 1);
}
