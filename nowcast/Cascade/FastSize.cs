namespace ConvLstm.Nowcast.Cascade;

/// <summary>Sizes that a fast Fourier transform takes apart into small factors; a large prime factor costs several times as much.</summary>
internal static class FastSize
{
    /// <summary>The smallest product of powers of 2, 3, 5 and 7 that is at least <paramref name="size"/> and even.</summary>
    internal static int AtLeast(int size)
    {
        var candidate = size + (size % 2);
        while (!IsSmooth(candidate))
            candidate += 2;
        return candidate;
    }

    private static bool IsSmooth(int number)
    {
        foreach (var prime in (ReadOnlySpan<int>)[2, 3, 5, 7])
        {
            while (number % prime == 0)
                number /= prime;
        }
        return number == 1;
    }
}
