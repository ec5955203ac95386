using System.Numerics;
using System.Runtime.InteropServices;

namespace ConvLstm.Nowcast.Methods;

/// <summary>
/// How many known pixels have which probability, in bins of the leading bits of a float: about equal ratios, as probabilities of rare
/// rain are small.
/// </summary>
internal sealed class ProbabilityCounts
{
    /// <summary>Six bits of the mantissa are kept: a bin is one or two per cent wide.</summary>
    private const int Shift = 17;

    /// <summary>Smaller ones are as good as none.</summary>
    private const float Least = 1e-7f;

    private static readonly int First = Bits(Least);
    private static readonly int Bins = Bits(1) - First + 1;

    /// <summary>p / (1 − p) in the middle of each bin.</summary>
    private static readonly double[] Odds =
        [.. Enumerable.Range(0, Bins).Select(bin => OddsOf(Math.Min(0.9999, (From(bin) + (double)From(bin + 1)) / 2)))];

    private readonly int[] _counts = new int[Bins];

    /// <param name="probabilities">0 to 1.</param>
    /// <param name="known">The pixels that count.</param>
    internal ProbabilityCounts(ReadOnlySpan<float> probabilities, ReadOnlySpan<bool> known)
    {
        for (var i = 0; i < probabilities.Length; i++)
        {
            if (known[i])
                Add(probabilities[i]);
        }
    }

    /// <summary>None yet.</summary>
    internal ProbabilityCounts()
    {
    }

    /// <summary>How many pixels were counted.</summary>
    internal int Known { get; private set; }

    /// <summary>Counts one pixel more.</summary>
    internal void Add(float probability)
    {
        _counts[Bin(probability)]++;
        Known++;
    }

    /// <summary>Counts the pixels that another has counted.</summary>
    internal void Add(ProbabilityCounts other)
    {
        var sums = MemoryMarshal.Cast<int, Vector<int>>(_counts.AsSpan());
        var more = MemoryMarshal.Cast<int, Vector<int>>(other._counts.AsSpan());
        for (var i = 0; i < sums.Length; i++)
            sums[i] += more[i];
        for (var bin = sums.Length * Vector<int>.Count; bin < Bins; bin++)
            _counts[bin] += other._counts[bin];
        Known += other.Known;
    }

    /// <summary>None any more.</summary>
    internal void Clear()
    {
        Array.Clear(_counts);
        Known = 0;
    }

    /// <summary>The pixels that are expected where the odds of all are so many times as high.</summary>
    internal double Area(double factor)
    {
        var area = 0.0;
        for (var bin = 0; bin < Bins; bin++)
        {
            if (_counts[bin] > 0)
                area += _counts[bin] * (1 - (1 / (1 + (Odds[bin] * factor))));
        }
        return area;
    }

    /// <summary>The probability that so many pixels reach; 0 where fewer have any.</summary>
    /// <param name="pixels">How many.</param>
    /// <param name="probabilities">The same ones.</param>
    /// <param name="known">Likewise.</param>
    internal float ReachedBy(int pixels, ReadOnlySpan<float> probabilities, ReadOnlySpan<bool> known)
    {
        var (above, bin) = BinReachedBy(pixels);
        if (bin == 0)
            return 0;
        var within = new List<float>(_counts[bin]);
        for (var i = 0; i < probabilities.Length; i++)
        {
            if (known[i] && Bin(probabilities[i]) == bin)
                within.Add(probabilities[i]);
        }
        within.Sort();
        return within[^(pixels - above)];
    }

    /// <summary>The same to the width of a bin, without the probabilities.</summary>
    internal float ReachedBy(int pixels)
    {
        var (above, bin) = BinReachedBy(pixels);
        return bin == 0 ? 0 : From(bin) + ((From(bin + 1) - From(bin)) * (1 - ((float)(pixels - above) / _counts[bin])));
    }

    /// <summary>The bin that so many pixels reach, and how many are above it.</summary>
    private (int Above, int Bin) BinReachedBy(int pixels)
    {
        var (above, bin) = (0, Bins - 1);
        while (bin > 0 && above + _counts[bin] < pixels)
            above += _counts[bin--];
        return (above, bin);
    }

    private static int Bin(float probability) => Math.Max(0, Bits(probability) - First);

    private static int Bits(float probability) => BitConverter.SingleToInt32Bits(probability) >> Shift;

    private static float From(int bin) => BitConverter.Int32BitsToSingle((bin + First) << Shift);

    private static double OddsOf(double probability) => probability / (1 - probability);
}
