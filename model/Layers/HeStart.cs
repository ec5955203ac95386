namespace ConvLstm.Nowcast.Model.Layers;

/// <summary>
/// The start of layers before a ReLU (He et al. 2015, "Delving Deep into Rectifiers"): weights that keep the size of what passes, biases
/// of 0. With the usual start several layers in a row say next to nothing but their biases, and the little that rain says drowns.
/// </summary>
internal static class HeStart
{
    internal static void Of(params IEnumerable<nn.Module> modules)
    {
        foreach (var (_, parameter) in modules.SelectMany(m => m.named_parameters()))
        {
            if (parameter.shape.Length > 1)
                nn.init.kaiming_uniform_(parameter);
            else
                nn.init.zeros_(parameter);
        }
    }
}
