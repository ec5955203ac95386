using System.Globalization;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Model.Networks;

namespace ConvLstm.Nowcast.Model.Training;

/// <summary>
/// Finds a network that has collapsed to blank maps: a loss that is mostly over dry pixels can fall while all rain is forgotten
/// (Shi et al. 2017, doi:10.48550/arXiv.1706.03458, on what unweighted losses do to rare heavy rain).
/// </summary>
internal static class Collapse
{
    private const double LeastShare = 0.05;
    private const double LeastTruth = 1e-4;

    /// <exception cref="ReportedException">It has.</exception>
    internal static void Check(RainNetwork network, ITrainingWindows windows, TrainingOptions options, int epoch)
    {
        var (forecast, truth) = Sums(network, windows, options);
        if (truth > LeastTruth && forecast < LeastShare * truth)
        {
            throw new ReportedException(string.Create(CultureInfo.InvariantCulture,
                $"The training collapsed to blank maps in epoch {epoch}: the forecasts hold {forecast / truth:0.0%} of the rain that "
                + $"came. Lower --learning-rate (now {options.LearningRate}), or train on wetter days."));
        }
    }

    /// <summary>
    /// The mean forecast and truth over the first validation batch: of the lowest threshold's exceedance, or of the normalised rain.
    /// </summary>
    private static (double Forecast, double Truth) Sums(RainNetwork network, ITrainingWindows windows, TrainingOptions options)
    {
        network.eval();
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        foreach (var batch in windows.Validation(options.BatchSize))
        {
            var window = batch.Frames.to(options.Device);
            var said = network.call(window.narrow(1, 0, batch.Past), batch.Leads);
            var came = window.narrow(1, batch.Past, batch.Leads.Steps.Count);
            var (rain, mask) = (came.narrow(4, 0, 1), came.narrow(4, 1, 1));
            var hasThresholds = network.Options.Thresholds.Count > 0;
            var forecast = hasThresholds ? said.narrow(4, 0, 1).sigmoid() : said;
            var truth = hasThresholds ? rain.ge(network.Options.Thresholds[0]).to(ScalarType.Float32) : rain;
            var pixels = Math.Max(1, mask.sum().item<float>());
            return ((forecast * mask).sum().item<float>() / pixels, (truth * mask).sum().item<float>() / pixels);
        }
        return (0, 0);
    }
}
