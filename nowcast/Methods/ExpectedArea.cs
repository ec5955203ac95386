namespace ConvLstm.Nowcast.Methods;

/// <summary>
/// Draws the probabilities of a threshold towards the area that the newest rain has: their log-odds are shifted until the area that they expect is the geometric
/// mean of what they expected and what is there now. How much rain an event has it shows better by its newest scan than other events do by their mean; growth and
/// decay that the network sees stay in it by half.
/// </summary>
internal static class ExpectedArea
{
    /// <summary>How much the newest rain counts: chosen by cross-validation between 0 and 1.</summary>
    private const double Belief = 0.5;

    /// <summary>The largest shift; what is further off is no matter of level.</summary>
    private const double Most = 1.5;

    /// <summary>Areas below this share of the known pixels are as good as none.</summary>
    private const double Least = 2e-4;

    private const int Bins = 512;
    private const float Span = 16;
    private const int Halvings = 16;

    /// <param name="probabilities">0 to 1; changed in place.</param>
    /// <param name="known">The pixels that count.</param>
    /// <param name="pixels">How many of them the newest rain has at the lead.</param>
    internal static void Lean(Span<float> probabilities, ReadOnlySpan<bool> known, int pixels)
    {
        var counts = new int[Bins];
        var all = 0;
        for (var i = 0; i < probabilities.Length; i++)
        {
            if (!known[i])
                continue;
            all++;
            counts[Math.Clamp((int)((LogOdds(probabilities[i]) + Span) / (2 * Span) * Bins), 0, Bins - 1)]++;
        }
        var floor = Least * all;
        var expected = Area(counts, 0) + floor;
        if (all == 0)
            return;
        var wanted = expected * Math.Pow((pixels + floor) / expected, Belief);
        var (low, high) = (-Most, Most);
        for (var i = 0; i < Halvings; i++)
        {
            var middle = (low + high) / 2;
            (low, high) = Area(counts, middle) + floor < wanted ? (middle, high) : (low, middle);
        }
        var factor = MathF.Exp((float)((low + high) / 2));
        for (var i = 0; i < probabilities.Length; i++)
            probabilities[i] = probabilities[i] * factor / (1 - probabilities[i] + (probabilities[i] * factor));
    }

    private static double Area(int[] counts, double shift)
    {
        var area = 0.0;
        for (var bin = 0; bin < Bins; bin++)
        {
            if (counts[bin] > 0)
                area += counts[bin] / (1 + Math.Exp(Span - ((bin + 0.5) * 2 * Span / Bins) - shift));
        }
        return area;
    }

    private static float LogOdds(float probability)
    {
        const float Never = 1e-7f;
        var p = Math.Clamp(probability, Never, 1 - Never);
        return MathF.Log(p / (1 - p));
    }
}
