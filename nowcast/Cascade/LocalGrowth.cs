using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Motion;

namespace ConvLstm.Nowcast.Cascade;

/// <summary>
/// Rain whose scales go on growing and decaying as they did in the last scans, and less and less so: an integrated autoregressive
/// process, ARI(2, 1), of each scale of the rain rate, with parameters of its own around each pixel (ANVIL, Pulkkinen et al. 2020,
/// sections II and III).
/// </summary>
internal sealed class LocalGrowth : IDisposable
{
    /// <summary>Scans that the parameters are estimated from.</summary>
    internal const int Scans = 4;

    /// <summary>Standard deviation of the Gaussian window around each pixel, km.</summary>
    private const double WindowKilometres = 25;

    /// <summary>Moments are smooth: they are summed in cells of so many pixels.</summary>
    private const int Cell = 8;

    /// <summary>Where a window has as good as no change in it, there is nothing to go on with, (mm/h)².</summary>
    private const double LeastVariance = 1e-6;

    private readonly Tensor _phi1;
    private readonly Tensor _phi2;
    private readonly Tensor _dry;
    private Tensor _rain;
    private Tensor _last;
    private Tensor _previous;

    /// <param name="aligned">(T, H, W) in mm/h, the newest last, in the frame of the rain; NaN where not observed. At least
    /// <see cref="Scans"/>.</param>
    /// <param name="grid">The grid.</param>
    internal LocalGrowth(Tensor aligned, RadarGrid grid)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        using var filters = BandPassFilters.Of(grid);
        var (height, width) = (grid.Height, grid.Width);
        var (fields, observed) = PaddedRain.Filled(aligned.narrow(0, aligned.shape[0] - Scans, Scans), filters.Height, filters.Width, 0);
        var seen = (observed[0] * observed[1] * observed[2] * observed[3]).unsqueeze(0);
        var spectra = BandPassFilters.Spectrum(fields);
        var changes = spectra.narrow(0, 1, Scans - 1) - spectra.narrow(0, 0, Scans - 1);
        var (phi1, phi2, last, previous) =
            (new Tensor[filters.Levels], new Tensor[filters.Levels], new Tensor[filters.Levels], new Tensor[filters.Levels]);
        for (var level = 0; level < filters.Levels; level++)
        {
            using var inner = NewDisposeScope();
            // A difference over air that one of the scans did not see is no growth.
            var change = filters.Field(changes * filters.Weights[level]) * seen;
            var (first, second) = Correlations(change, seen, PixelSize.SideKilometres(grid));
            var (p1, p2) = Parameters(first, second);
            phi1[level] = Cropped(OpticalFlow.Resized(p1, filters.Height, filters.Width)[0, 0], height, width);
            phi2[level] = Cropped(OpticalFlow.Resized(p2, filters.Height, filters.Width)[0, 0], height, width);
            last[level] = Cropped(change[2], height, width);
            previous[level] = Cropped(change[1], height, width);
            foreach (var kept in new[] { phi1[level], phi2[level], last[level], previous[level] })
                kept.MoveToOuterDisposeScope();
        }
        _rain = aligned[aligned.shape[0] - 1].clone().DetachFromDisposeScope();
        _dry = _rain.lt(PaddedRain.Threshold).DetachFromDisposeScope();
        (_phi1, _phi2) = (stack(phi1).DetachFromDisposeScope(), stack(phi2).DetachFromDisposeScope());
        (_last, _previous) = (stack(last).DetachFromDisposeScope(), stack(previous).DetachFromDisposeScope());
    }

    /// <summary>
    /// The rain one step further in the frame of the rain: (H, W) in mm/h, NaN where the newest scan saw nothing, dry where it was dry.
    /// </summary>
    internal Tensor Next()
    {
        using var scope = NewDisposeScope();
        var change = ((_phi1 * _last) + (_phi2 * _previous)).DetachFromDisposeScope();
        var rain = (_rain + change.sum([0])).DetachFromDisposeScope();
        _previous.Dispose();
        _rain.Dispose();
        (_rain, _previous, _last) = (rain, _last, change);
        return rain.clamp(min: 0).masked_fill(_dry, 0).MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        foreach (var tensor in new[] { _phi1, _phi2, _dry, _rain, _last, _previous })
            tensor.Dispose();
    }

    /// <summary>
    /// Of a level's changes (3, H, W), the newest last, around each cell: correlations of the newest with the one before and the one
    /// before that, (1, 1, h, w).
    /// </summary>
    private static (Tensor First, Tensor Second) Correlations(Tensor change, Tensor seen, double pixelKilometres)
    {
        var (newest, before, oldest) = (change[2], change[1], change[0]);
        var products = stack([newest, before, oldest, newest * newest, before * before, oldest * oldest, newest * before,
            newest * oldest]).unsqueeze(0);
        var moments = GaussianBlur.Apply(nn.functional.avg_pool2d(cat([products, seen.unsqueeze(0)], 1), [Cell, Cell]),
            WindowKilometres / pixelKilometres / Cell);
        var means = moments.narrow(1, 0, 8) / moments.narrow(1, 8, 1).clamp(min: 1e-3);
        Tensor Mean(int i) => means.narrow(1, i, 1);
        Tensor Covariance(int product, int a, int b) => Mean(product) - (Mean(a) * Mean(b));
        var variance = Covariance(3, 0, 0).clamp(min: LeastVariance);
        return (
            Covariance(6, 0, 1) / (variance * Covariance(4, 1, 1).clamp(min: LeastVariance)).sqrt(),
            Covariance(7, 0, 2) / (variance * Covariance(5, 2, 2).clamp(min: LeastVariance)).sqrt());
    }

    /// <summary>Yule–Walker, with the second correlation brought to where the process is stationary.</summary>
    private static (Tensor Phi1, Tensor Phi2) Parameters(Tensor first, Tensor second)
    {
        const double Certain = 0.02;
        var one = first.clamp(Certain - 1, 1 - Certain);
        var squared = one.square();
        var two = second.clamp(Certain - 1, 1 - Certain).maximum((squared * 2) - 1 + Certain);
        var rest = (squared * -1) + 1;
        return (one * ((two * -1) + 1) / rest, (two - squared) / rest);
    }

    private static Tensor Cropped(Tensor field, int height, int width) => field.narrow(0, 0, height).narrow(1, 0, width).contiguous();
}
