namespace ConvLstm.Nowcast.Evaluation;

/// <summary>
/// The pixels on which all methods are scored alike. A method that says nothing of such a pixel is taken to say that it
/// stays dry there.
/// </summary>
internal static class Masks
{
    /// <summary>Observed, and the extrapolated air comes from where a radar looked: what can be known is asked.</summary>
    internal const string Common = "common";

    /// <summary>All that was observed.</summary>
    internal const string All = "all";

    internal static IReadOnlyList<string> Names { get; } = [Common, All];

    internal static bool[] Of(string name, float[] observed, bool[] airFromOutside)
    {
        var mask = new bool[observed.Length];
        var outsideCounts = name == All;
        for (var i = 0; i < mask.Length; i++)
            mask[i] = !float.IsNaN(observed[i]) && (outsideCounts || !airFromOutside[i]);
        return mask;
    }
}
