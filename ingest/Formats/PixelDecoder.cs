using System.Collections.Concurrent;
using System.Globalization;

namespace ConvLstm.Nowcast.Ingest.Formats;

/// <summary>
/// From the stored number of a pixel to mm/h: first its codes (missing, undetect, outside the valid range), then scale and offset,
/// then the unit. One decoder serves all pixels of a variable.
/// </summary>
internal sealed record PixelDecoder
{
    private static readonly ConcurrentDictionary<string, float[]> Tables = new();

    /// <summary>Stored values that mean: not observed.</summary>
    internal double[] Missing { get; init; } = [];

    /// <summary>Stored values that mean: looked, and saw no rain.</summary>
    internal double[] Undetected { get; init; } = [];

    /// <summary>The smallest stored value that is a measurement.</summary>
    internal double Lowest { get; init; } = double.NegativeInfinity;

    /// <summary>The largest stored value that is a measurement.</summary>
    internal double Highest { get; init; } = double.PositiveInfinity;

    internal double Scale { get; init; } = 1;

    internal double Offset { get; init; }

    /// <summary>True where a signed type holds unsigned numbers.</summary>
    internal bool IsUnsigned { get; init; }

    /// <summary>True where the numbers are stored as floating point, not packed.</summary>
    internal bool IsFloating { get; init; }

    internal required RainUnits Units { get; init; }

    /// <summary>The value of each stored number from 0 on, null for not observed; instead of scale and offset.</summary>
    internal IReadOnlyList<double?>? Values { get; init; }

    /// <summary>The period of an accumulation, in hours.</summary>
    internal double PeriodHours { get; init; } = 1;

    internal required ZRelation ZRelation { get; init; }

    private double Factor => Units.Quantity == RainQuantity.Accumulation ? Units.Factor / PeriodHours : Units.Factor;

    // Packing rounds: a dry pixel may come out up to half a step below 0. More than that is no rain rate, so it is not observed.
    private double Tolerance => IsFloating ? 0.01 : 0.5 * Math.Abs(Scale) * Factor * (1 + 1e-9);

    /// <summary>mm/h, 0 or NaN from a stored number that has been made unsigned already.</summary>
    internal float RainRate(double stored)
    {
        if (double.IsNaN(stored) || Array.IndexOf(Missing, stored) >= 0)
            return float.NaN;
        if (Array.IndexOf(Undetected, stored) >= 0)
            return 0;
        if (stored < Lowest || stored > Highest)
            return float.NaN;
        var value = (stored * Scale) + Offset;
        if (Values is not null)
            value = stored >= 0 && stored < Values.Count ? Values[(int)stored] ?? double.NaN : double.NaN;
        var rate = Units.Quantity != RainQuantity.Reflectivity ? value * Factor
            : Units.IsLinearZ ? value < 0 ? double.NaN : ZRelation.RainRateOfZ(value)
            : ZRelation.RainRate(value);
        if (rate <= 0)
            return rate >= -Tolerance ? 0 : float.NaN;
        return double.IsFinite(rate) ? (float)rate : float.NaN;
    }

    /// <summary>The rain rate of each bit pattern of an 8- or 16-bit type, made once for all files that are packed alike.</summary>
    internal float[] Table(int bits, bool signed)
    {
        var key = string.Create(CultureInfo.InvariantCulture,
            $"{bits}{signed}{IsUnsigned}|{Scale:R}|{Offset:R}|{Lowest:R}|{Highest:R}|{PeriodHours:R}")
            + $"|{string.Join(',', Missing)}|{string.Join(',', Undetected)}|{Units}|{ZRelation}|"
            + (Values is null ? "" : string.Join(',', Values));
        if (Tables.TryGetValue(key, out var table))
            return table;
        // A service has a handful of packings; a hundred would be an attack or a test.
        if (Tables.Count > 100)
            Tables.Clear();
        return Tables[key] = BuildTable(bits, signed && !IsUnsigned);
    }

    private float[] BuildTable(int bits, bool signed)
    {
        var size = 1 << bits;
        var table = new float[size];
        for (var pattern = 0; pattern < size; pattern++)
            table[pattern] = RainRate(signed && pattern >= size / 2 ? pattern - size : pattern);
        return table;
    }
}
