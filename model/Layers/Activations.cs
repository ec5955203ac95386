using ConvLstm.Nowcast.Ingest;

namespace ConvLstm.Nowcast.Model.Layers;

/// <summary>Activations by name.</summary>
public static class Activations
{
    public const string Linear = "linear";
    public const string Relu = "relu";
    public const string Tanh = "tanh";
    public const string Sigmoid = "sigmoid";

    private static readonly Dictionary<string, Func<Tensor, Tensor>> ByName = new(StringComparer.Ordinal)
    {
        [Linear] = x => x,
        [Relu] = x => x.relu(),
        [Tanh] = x => x.tanh(),
        [Sigmoid] = x => x.sigmoid(),
        ["leaky-relu"] = x => nn.functional.leaky_relu(x, 0.2),
        ["gelu"] = x => nn.functional.gelu(x),
        ["silu"] = x => nn.functional.silu(x),
        ["softplus"] = x => nn.functional.softplus(x),
    };

    public static IReadOnlyCollection<string> Names => ByName.Keys;

    /// <exception cref="ReportedException">There is no activation of that name.</exception>
    public static Func<Tensor, Tensor> Named(string name) => ByName.TryGetValue(name, out var activation)
        ? activation
        : throw new ReportedException($"There is no activation '{name}': name one of {string.Join(", ", Names)}.");
}
