namespace ConvLstm.Nowcast.Methods;

/// <summary>
/// From which probability on rain of a threshold is put on a map that shall show so many pixels of it: those where it is most likely. How
/// much rain there is in all an event shows better by its newest scan than other events do by their mean; where it will be is what the
/// probabilities know.
/// </summary>
internal static class AreaLevel
{
    /// <summary>With nothing to show, no probability is enough.</summary>
    private const float Never = 2;

    /// <summary>Pixels below this are not shown, however many shall be.</summary>
    internal const float Least = 6e-6f;

    /// <param name="counts">Of the probabilities.</param>
    /// <param name="probabilities">0 to 1.</param>
    /// <param name="known">The pixels that count.</param>
    /// <param name="pixels">How many shall be shown.</param>
    internal static float Of(ProbabilityCounts counts, ReadOnlySpan<float> probabilities, ReadOnlySpan<bool> known, int pixels) =>
        pixels == 0 ? Never : Math.Max(Least, counts.ReachedBy(pixels, probabilities, known));
}
