namespace ConvLstm.Nowcast.Methods;

/// <summary>
/// Gives the mean rates of a map the amount that the newest rain has at the lead. How much rain an event has it shows better by its
/// newest scan than other events do by their mean: in the cross-validation the networks' own mean is a sixth too low over the events,
/// most so where little falls, and the extrapolated amount 3 per cent too high.
/// </summary>
internal static class ExpectedAmount
{
    /// <summary>The largest factor, and the inverse of the smallest; what is further off is no matter of amount.</summary>
    private const double Most = 2;

    /// <summary>A mean below this, mm/h, is as good as none.</summary>
    private const double Least = 1e-3;

    /// <summary>Multiplies all mean rates alike.</summary>
    /// <param name="mean">mm/h: the means of the distributions; changed in place.</param>
    /// <param name="known">The pixels that count.</param>
    /// <param name="extrapolated">The newest rain at the lead, mm/h, of the same pixels.</param>
    internal static void Lean(Span<float> mean, ReadOnlySpan<bool> known, ReadOnlySpan<float> extrapolated)
    {
        var (now, expected, count) = (0.0, 0.0, 0);
        for (var i = 0; i < mean.Length; i++)
        {
            if (!known[i])
                continue;
            now += extrapolated[i];
            expected += mean[i];
            count++;
        }
        if (count == 0)
            return;
        var factor = (float)Math.Clamp((now + (Least * count)) / (expected + (Least * count)), 1 / Most, Most);
        foreach (ref var rate in mean)
            rate *= factor;
    }
}
