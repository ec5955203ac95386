namespace ConvLstm.Nowcast.Verification;

/// <summary>What all scores ask of the fields they are given.</summary>
internal static class Fields
{
    /// <summary>Packed rates are a rounding off their threshold: events are tested this much below it, in mm/h.</summary>
    internal const float EventTolerance = 1e-3f;

    /// <exception cref="ArgumentException">The fields are not of one size; an empty mask is none.</exception>
    internal static void Check(int forecast, int observed, int mask)
    {
        if (forecast != observed || (mask != 0 && mask != observed))
            throw new ArgumentException($"A forecast of {forecast} values, an observation of {observed} and a mask of {mask} do not fit.");
    }

    internal static bool Counts(float forecast, float observed, ReadOnlySpan<bool> mask, int i) =>
        !float.IsNaN(forecast) && !float.IsNaN(observed) && (mask.IsEmpty || mask[i]);

    internal static bool IsEvent(float rate, float threshold) => rate >= threshold - EventTolerance;

    internal static void CheckSame<T>(T mine, T other, string what)
    {
        if (!EqualityComparer<T>.Default.Equals(mine, other))
            throw new ArgumentException($"Scores of {what} {mine} and {other} cannot be merged.", nameof(other));
    }

    internal static void CheckSameList<T>(IReadOnlyList<T> mine, IReadOnlyList<T> other, string what)
    {
        if (!mine.SequenceEqual(other))
            throw new ArgumentException($"Scores of {what} {string.Join(", ", mine)} and {string.Join(", ", other)} cannot be merged.",
                nameof(other));
    }
}
