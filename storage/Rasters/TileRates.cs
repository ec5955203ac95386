namespace ConvLstm.Nowcast.Storage.Rasters;

/// <summary>
/// The rain rates of a tile as questions about areas want them: their sums, and the rates as an array of small integers.
/// The array is used again for the next tile.
/// </summary>
internal sealed class TileRates(TileLayout tiles)
{
    /// <summary>Nothing can be said.</summary>
    private const short Unknown = short.MinValue;

    /// <summary>0 mm/h; each step above is 0.01 mm/h, so that 655.34 mm/h fit.</summary>
    private const short Dry = short.MinValue + 1;

    private const int StepsPerMmH = 100;

    /// <summary>In steps: above 0.1 mm/h.</summary>
    private const int WetAbove = 10;

    private readonly short[] packed = new short[tiles.Size * tiles.Size];

    /// <summary>Pixels with a rate.</summary>
    public int Known { get; private set; }

    /// <summary>Pixels above 0.1 mm/h.</summary>
    public int Wet { get; private set; }

    /// <summary>The sum of the rates, mm/h.</summary>
    public double Sum { get; private set; }

    /// <summary>The highest rate, mm/h; null where no pixel has one.</summary>
    public float? Highest { get; private set; }

    /// <summary>All pixels of the tile, row-major; null where all of them are dry, or none has a rate.</summary>
    public short[]? Packed { get; private set; }

    /// <summary>Looks at a tile.</summary>
    /// <param name="tileRow">0 is the northernmost.</param>
    /// <param name="tileColumn">0 is the westernmost.</param>
    /// <param name="rainRate">mm/h of the whole grid in steps of 0.01, row-major; NaN where nothing can be said.</param>
    public void Read(int tileRow, int tileColumn, float[] rainRate)
    {
        var window = tiles.Window(tileRow, tileColumn);
        Array.Fill(packed, Unknown);
        int known = 0, wet = 0, highest = -1;
        var sum = 0L;
        for (var row = 0; row < window.Height; row++)
        {
            var source = rainRate.AsSpan(((window.Row + row) * tiles.Grid.Width) + window.Column, window.Width);
            var target = packed.AsSpan(row * tiles.Size, window.Width);
            for (var i = 0; i < source.Length; i++)
            {
                if (float.IsNaN(source[i]))
                    continue;
                // No consumer is given rates beyond what fits: the checks of a run hold them far below.
                var steps = (int)MathF.Min((source[i] * StepsPerMmH) + 0.5f, ushort.MaxValue - 1);
                target[i] = (short)(Dry + steps);
                known++;
                sum += steps;
                wet += steps > WetAbove ? 1 : 0;
                highest = Math.Max(highest, steps);
            }
        }
        Known = known;
        Wet = wet;
        Sum = (double)sum / StepsPerMmH;
        Highest = known == 0 ? null : (float)highest / StepsPerMmH;
        Packed = highest > 0 || (known > 0 && known < packed.Length) ? packed : null;
    }
}
