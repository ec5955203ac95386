namespace ConvLstm.Nowcast.Tests.Model;

/// <summary>What gradients are compared with.</summary>
internal static class Gradients
{
    /// <summary>The slope of a value over an element of a tensor, by central differences.</summary>
    internal static double Slope(Tensor tensor, int index, Func<Tensor> value)
    {
        const double Step = 1e-6;
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        var elements = tensor.view(-1).data<double>();
        var before = elements[index];
        elements[index] = before + Step;
        var above = value().item<double>();
        elements[index] = before - Step;
        var below = value().item<double>();
        elements[index] = before;
        return (above - below) / (2 * Step);
    }
}
