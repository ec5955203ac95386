namespace ConvLstm.Nowcast;

/// <summary>Streams of random numbers that have nothing to do with each other, by seed and number.</summary>
public static class RandomStream
{
    /// <summary>
    /// What a <see cref="Random"/> begins with is linear in its seed, so that those of neighbouring seeds go in step; here both numbers
    /// are mixed first (SplitMix64: Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators").
    /// </summary>
    /// <param name="seed">Of all streams.</param>
    /// <param name="number">Which of them.</param>
    public static Random Of(long seed, long number)
    {
        unchecked
        {
            return new((int)Mixed(Mixed((ulong)seed) + (ulong)number));
        }
    }

    private static ulong Mixed(ulong state)
    {
        unchecked
        {
            state += 0x9E3779B97F4A7C15;
            state = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9;
            state = (state ^ (state >> 27)) * 0x94D049BB133111EB;
            return state ^ (state >> 31);
        }
    }
}
