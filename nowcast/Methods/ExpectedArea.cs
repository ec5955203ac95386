using System.Numerics;
using System.Runtime.InteropServices;

namespace ConvLstm.Nowcast.Methods;

/// <summary>
/// Draws the probabilities of a threshold towards the area that the newest rain has: their log-odds are shifted until the area that they
/// expect is the geometric mean of what they expected and what is there now. How much rain an event has it shows better by its newest
/// scan than other events do by their mean; growth and decay that the network sees stay in it by half.
/// </summary>
internal static class ExpectedArea
{
    /// <summary>How much the newest rain counts: chosen by cross-validation between 0 and 1.</summary>
    private const double Belief = 0.5;

    /// <summary>The largest shift; what is further off is no matter of level.</summary>
    private const double Most = 1.5;

    /// <summary>Areas below this share of the known pixels are as good as none.</summary>
    private const double Least = 2e-4;

    private const int Halvings = 16;

    /// <summary>What the odds of all pixels are to be multiplied with.</summary>
    /// <param name="counts">Of the probabilities.</param>
    /// <param name="pixels">How many of them the newest rain has at the lead.</param>
    internal static float Factor(ProbabilityCounts counts, int pixels)
    {
        var floor = Least * counts.Known;
        if (counts.Known == 0)
            return 1;
        var expected = counts.Area(1) + floor;
        var wanted = expected * Math.Pow((pixels + floor) / expected, Belief);
        var (low, high) = (-Most, Most);
        for (var i = 0; i < Halvings; i++)
        {
            var middle = (low + high) / 2;
            (low, high) = counts.Area(Math.Exp(middle)) + floor < wanted ? (middle, high) : (low, middle);
        }
        return MathF.Exp((float)((low + high) / 2));
    }

    /// <summary>Multiplies the odds of all pixels, and of none otherwise than of another.</summary>
    internal static void Lean(Span<float> probabilities, float factor)
    {
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(probabilities);
        foreach (ref var p in vectors)
            p = p * factor / (Vector<float>.One - p + (p * factor));
        for (var i = vectors.Length * Vector<float>.Count; i < probabilities.Length; i++)
            probabilities[i] = Leaned(probabilities[i], factor);
    }

    /// <summary>What becomes of one probability, bit by bit as in <see cref="Lean(Span{float}, float)"/>.</summary>
    internal static float Leaned(float probability, float factor) => probability * factor / (1 - probability + (probability * factor));
}
