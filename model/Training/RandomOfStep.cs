namespace ConvLstm.Nowcast.Model.Training;

/// <summary>
/// What a step of a training draws with. Each step has numbers of its own, so that one that goes on after a stop draws what it would have
/// drawn without.
/// </summary>
internal static class RandomOfStep
{
    internal static Random Of(long seed, int step) =>
        new((int)(Mixed(unchecked((Mixed((ulong)seed) ^ (ulong)step) + Golden)) >> 33));

    private const ulong Golden = 0x9E3779B97F4A7C15;

    /// <summary>SplitMix64 (Steele, Lea and Flood 2014): neighbours give numbers that have nothing in common.</summary>
    private static ulong Mixed(ulong value)
    {
        unchecked
        {
            value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
            value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
            return value ^ (value >> 31);
        }
    }
}
