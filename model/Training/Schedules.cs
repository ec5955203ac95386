using ConvLstm.Nowcast.Ingest;

namespace ConvLstm.Nowcast.Model.Training;

/// <summary>
/// Schedules of the learning rate by name, as a factor of it: by the part of the training that is done, as a training may be given a time
/// instead of a number of steps. All but <see cref="Constant"/> warm up over the first steps.
/// </summary>
public static class Schedules
{
    public const string Cosine = "cosine";
    public const string Constant = "constant";

    private const int WarmUpSteps = 20;
    private const double LastRate = 0.01;
    private const double PeakAt = 0.3;

    private static readonly Dictionary<string, Func<double, double>> ByName = new(StringComparer.Ordinal)
    {
        // Loshchilov and Hutter 2017.
        [Cosine] = HalfCosine,
        [Constant] = _ => 1,
        ["linear"] = done => 1 - ((1 - LastRate) * done),
        ["exponential"] = done => Math.Pow(LastRate, done),
        // Thirds at a tenth of the one before.
        ["step"] = done => Math.Pow(0.1, Math.Floor(3 * Math.Min(done, 0.999))),
        // Smith and Topin 2018.
        ["one-cycle"] = done => done < PeakAt ? LastRate + ((1 - LastRate) * done / PeakAt) : HalfCosine((done - PeakAt) / (1 - PeakAt)),
    };

    public static IReadOnlyCollection<string> Names => ByName.Keys;

    /// <returns>The steps done and the part of the training done, 0 to 1, to the factor.</returns>
    /// <exception cref="ReportedException">There is no schedule of that name.</exception>
    public static Func<int, double, double> Named(string name)
    {
        if (!ByName.TryGetValue(name, out var factor))
            throw new ReportedException($"There is no schedule '{name}': name one of {string.Join(", ", Names)}.");
        return name == Constant
            ? (_, _) => 1
            : (step, done) => Math.Min(1, (step + 1.0) / WarmUpSteps) * factor(Math.Min(1, done));
    }

    private static double HalfCosine(double done) => LastRate + ((1 - LastRate) * 0.5 * (1 + Math.Cos(Math.PI * done)));
}
