namespace ConvLstm.Nowcast.Model.Networks;

/// <summary>
/// A lead time as numbers from which a head can learn how its weights change with it, whatever the step of the scans. What the newest
/// rain knows of single pixels is lost within minutes, what it knows of larger areas within the hour: hence two exponentials.
/// </summary>
internal static class LeadBasis
{
    internal const int Length = 5;

    internal static Tensor Of(double minutes, Device device)
    {
        var hours = minutes / 60;
        return tensor([1f, (float)hours, (float)Math.Sqrt(hours), (float)Math.Exp(-3 * hours), (float)Math.Exp(-8 * hours)], [Length],
            device: device);
    }

    /// <param name="minutes">(n).</param>
    /// <returns>(n, <see cref="Length"/>).</returns>
    internal static Tensor Of(Tensor minutes)
    {
        var hours = minutes / 60;
        return stack([ones_like(hours), hours, hours.sqrt(), (hours * -3).exp(), (hours * -8).exp()], 1);
    }
}
