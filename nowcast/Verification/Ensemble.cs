namespace ConvLstm.Nowcast.Verification;

internal static class Ensemble
{
    /// <summary>The members at a pixel; false where one of them or the observation is missing, or the mask says no.</summary>
    internal static bool TryRead(IReadOnlyList<float[]> members, ReadOnlySpan<float> observed, ReadOnlySpan<bool> mask, int pixel,
        Span<float> values)
    {
        if (float.IsNaN(observed[pixel]) || (!mask.IsEmpty && !mask[pixel]))
            return false;
        for (var m = 0; m < values.Length; m++)
        {
            values[m] = members[m][pixel];
            if (float.IsNaN(values[m]))
                return false;
        }
        return true;
    }
}
