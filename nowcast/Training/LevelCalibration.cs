using ConvLstm.Nowcast.Model.Checkpoints;
using ConvLstm.Nowcast.Model.Networks;
using ConvLstm.Nowcast.MovingFrame;

namespace ConvLstm.Nowcast.Training;

/// <summary>Chooses on the validation windows, for each threshold and lead, the probability level with the highest CSI.</summary>
internal sealed class LevelCalibration(IReadOnlyList<float> rates, IReadOnlyList<float> thresholds)
{
    private const int Bins = 100;

    /// <summary>With fewer pixels of an event than this the best level is chance: a half is taken, which shows what is rather sure.</summary>
    private const long EventsNeeded = 2000;

    /// <summary>A map that shows more than this many times the area that comes is no use to anybody, whatever its CSI.</summary>
    private const double LargestBias = 1.5;

    internal ProbabilityLevels Choose(RainNetwork network, AlignedWindows windows, int batch, Device device, CancellationToken cancellation)
    {
        using var gradients = no_grad();
        long[,,,]? counts = null;
        LeadTimes? leads = null;
        foreach (var window in windows.Validation(batch))
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            leads ??= LeadTimes.Every((int)window.shape[1] - windows.Past, windows.StepMinutes);
            counts ??= new long[leads.Steps.Count, thresholds.Count, Bins, 2];
            var probability = network.call(window.narrow(1, 0, windows.Past).to(device), leads).sigmoid().cpu().contiguous().data<float>().ToArray();
            var truth = window.narrow(1, windows.Past, leads.Steps.Count).contiguous().data<float>().ToArray();
            Count(counts, probability, truth, window.shape);
        }
        return new(rates, [.. leads!.Steps.Select((_, lead) => leads.Minutes(lead))], Best(counts!, leads.Steps.Count));
    }

    /// <param name="counts">(lead, threshold, bin, event).</param>
    /// <param name="probability">(batch, lead, H, W, threshold).</param>
    /// <param name="truth">(batch, lead, H, W, 2).</param>
    /// <param name="shape">Of the windows.</param>
    private void Count(long[,,,] counts, float[] probability, float[] truth, long[] shape)
    {
        var leads = counts.GetLength(0);
        var pixels = (int)(shape[2] * shape[3]);
        for (var image = 0; image < shape[0] * leads; image++)
        {
            for (var i = image * pixels; i < (image + 1) * pixels; i++)
            {
                if (truth[(2 * i) + 1] == 0)
                    continue;
                for (var k = 0; k < thresholds.Count; k++)
                {
                    var bin = Math.Min(Bins - 1, (int)(probability[(i * thresholds.Count) + k] * Bins));
                    counts[image % leads, k, bin, truth[2 * i] >= thresholds[k] - 1e-4f ? 1 : 0]++;
                }
            }
        }
    }

    private List<IReadOnlyList<double>> Best(long[,,,] counts, int leads)
    {
        var levels = new List<IReadOnlyList<double>>();
        for (var k = 0; k < thresholds.Count; k++)
            levels.Add([.. Enumerable.Range(0, leads).Select(lead => BestAt(counts, lead, k))]);
        return levels;
    }

    private static double BestAt(long[,,,] counts, int lead, int k)
    {
        var events = 0L;
        for (var bin = 0; bin < Bins; bin++)
            events += counts[lead, k, bin, 1];
        if (events < EventsNeeded)
            return 0.5;
        var (hits, falseAlarms, bestCsi, best) = (0L, 0L, 0.0, 0.5);
        for (var bin = Bins - 1; bin > 0; bin--)
        {
            hits += counts[lead, k, bin, 1];
            falseAlarms += counts[lead, k, bin, 0];
            if (hits + falseAlarms > LargestBias * events)
                break;
            var csi = (double)hits / (events + falseAlarms);
            if (csi > bestCsi)
                (bestCsi, best) = (csi, (double)bin / Bins);
        }
        return best;
    }
}
