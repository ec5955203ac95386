namespace ConvLstm.Nowcast.Model.Networks;

/// <summary>A lead time as numbers from which a head can learn how its weights change with it, whatever the step of the scans.</summary>
internal static class LeadBasis
{
    internal const int Length = 4;

    internal static Tensor Of(double minutes, Device device)
    {
        var hours = minutes / 60;
        return tensor([1f, (float)hours, (float)Math.Sqrt(hours), (float)Math.Exp(-3 * hours)], [Length], device: device);
    }
}
