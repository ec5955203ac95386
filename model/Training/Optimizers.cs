using ConvLstm.Nowcast.Ingest;

namespace ConvLstm.Nowcast.Model.Training;

/// <summary>Optimisers by name, each with the usual values of its paper beside the learning rate.</summary>
public static class Optimizers
{
    public const string Adam = "adam";

    private const double Momentum = 0.9;
    private const double WeightDecay = 0.01;

    private static readonly Dictionary<string, Func<IEnumerable<Parameter>, double, optim.Optimizer>> ByName = new(StringComparer.Ordinal)
    {
        // Kingma and Ba 2015; its variant over the infinity norm is in the same paper.
        [Adam] = (parameters, rate) => optim.Adam(parameters, rate),
        ["adamax"] = (parameters, rate) => optim.Adamax(parameters, rate),
        // Loshchilov and Hutter 2019.
        ["adamw"] = (parameters, rate) => optim.AdamW(parameters, rate, weight_decay: WeightDecay),
        // Liu et al. 2020.
        ["radam"] = (parameters, rate) => optim.RAdam(parameters, rate),
        ["sgd"] = (parameters, rate) => optim.SGD(parameters, rate, Momentum),
        // Tieleman and Hinton 2012.
        ["rmsprop"] = (parameters, rate) => optim.RMSProp(parameters, rate),
    };

    public static IReadOnlyCollection<string> Names => ByName.Keys;

    /// <exception cref="ReportedException">There is no optimiser of that name.</exception>
    public static optim.Optimizer Named(string name, IEnumerable<Parameter> parameters, double learningRate) =>
        ByName.TryGetValue(name, out var make)
        ? make(parameters, learningRate)
        : throw new ReportedException($"There is no optimiser '{name}': name one of {string.Join(", ", Names)}.");
}
