using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Methods;
using ConvLstm.Nowcast.Model.Networks;

namespace ConvLstm.Nowcast.Cascade;

/// <summary>The channels of <see cref="CascadeFields"/> from the aligned scans of one situation.</summary>
internal sealed class ClassicalFields : IDisposable
{
    private readonly RainCascade _cascade;
    private readonly LocalGrowth _growth;
    private readonly RadarGrid _grid;
    private readonly double _stepMinutes;
    private readonly double _age;
    private readonly double _wetShare;
    private int _lead;

    /// <param name="aligned">(T, H, W) in mm/h, the newest last, in the frame of the rain; NaN where not observed. At least
    /// <see cref="RainCascade.Scans"/>.</param>
    /// <param name="grid">The grid.</param>
    /// <param name="step">Between two scans.</param>
    internal ClassicalFields(Tensor aligned, RadarGrid grid, TimeSpan step)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var count = (int)aligned.shape[0];
        (_grid, _stepMinutes) = (grid, step.TotalMinutes);
        var back = Math.Clamp((int)Math.Round(CascadeFields.Age / step.TotalMinutes), 1, count - 1);
        _age = back * step.TotalMinutes;
        _cascade = new RainCascade(aligned, grid);
        // Of three scans the oldest stands twice: growth then has one change to go on with instead of two.
        var enough = count >= LocalGrowth.Scans ? aligned : cat([aligned.narrow(0, 0, 1), aligned], 0);
        _growth = new LocalGrowth(enough.narrow(0, enough.shape[0] - LocalGrowth.Scans, LocalGrowth.Scans), grid);
        var newest = aligned[count - 1];
        Observed = newest.isfinite().DetachFromDisposeScope();
        var rain = newest.nan_to_num(0, 0, 0);
        _wetShare = rain.ge(PaddedRain.Threshold).to_type(float32).mean().item<float>();
        Static = StaticOf(newest, aligned[count - 1 - back]).DetachFromDisposeScope();
    }

    /// <summary>(<see cref="CascadeFields.StaticChannels"/>, H, W).</summary>
    internal Tensor Static { get; }

    /// <summary>(H, W): where the newest scan looked.</summary>
    internal Tensor Observed { get; }

    /// <summary>The two maps of the next lead, (2, H, W): S-PROG's and ANVIL's rain in decibels. Leads come one after the other.</summary>
    internal Tensor NextMaps()
    {
        using var scope = NewDisposeScope();
        _lead++;
        var expected = _cascade.Expected(_lead).narrow(0, 0, _grid.Height).narrow(1, 0, _grid.Width);
        var growth = PaddedRain.Decibels(_growth.Next().nan_to_num(0, 0, 0));
        return (stack([expected, growth]) / CascadeFields.Span).MoveToOuterDisposeScope();
    }

    /// <summary>What is the same for all pixels of a lead, counted from 1.</summary>
    internal float[] Scalars(int lead)
    {
        var hours = lead * _stepMinutes / 60;
        var memory = _cascade.Levels.Select(level => Math.Sqrt(level.Process.Explained(level.Process.Forecast(lead)[lead - 1]))).ToArray();
        double[] values =
        [
            _cascade.Spread(lead)[lead - 1] / CascadeFields.Span,
            Math.Sqrt(_cascade.Levels.Sum(l => l.Deviation * l.Deviation)) / CascadeFields.Span,
            .. CascadeFields.Wavelengths.Select(km => At(km, memory)),
            hours, Math.Sqrt(hours), Math.Exp(-3 * hours), Math.Exp(-8 * hours),
            _wetShare, _age / 20, _stepMinutes / 10, Math.Log(PixelSize.SideKilometres(_grid)),
        ];
        return Array.ConvertAll(values, v => (float)v);
    }

    public void Dispose()
    {
        Static.Dispose();
        Observed.Dispose();
        _growth.Dispose();
        _cascade.Dispose();
    }

    /// <summary>Linear in the logarithm of the wavelength between the levels; beyond them the last one holds.</summary>
    private double At(double kilometres, double[] memory)
    {
        var wavelengths = _cascade.Filters.WavelengthKilometres;
        if (kilometres >= wavelengths[0])
            return memory[0];
        for (var k = 1; k < memory.Length; k++)
        {
            if (kilometres >= wavelengths[k])
            {
                var share = Math.Log(kilometres / wavelengths[k]) / Math.Log(wavelengths[k - 1] / wavelengths[k]);
                return memory[k] + (share * (memory[k - 1] - memory[k]));
            }
        }
        return memory[^1];
    }

    private Tensor StaticOf(Tensor newest, Tensor older)
    {
        var seen = newest.isfinite().to_type(float32);
        var both = seen * older.isfinite().to_type(float32);
        var (now, before) = (newest.nan_to_num(0, 0, 0), older.nan_to_num(0, 0, 0));
        var (decibels, decibelsBefore) = (PaddedRain.Decibels(now), PaddedRain.Decibels(before));
        var wet = now.ge(PaddedRain.Threshold).to_type(float32);
        var blurred = CascadeFields.RainScales.Select(km => Log(Mean(now, seen, km)));
        var shares = CascadeFields.WetScales.Select(km => Mean(wet, seen, km));
        var trends = CascadeFields.TrendScales.Select(km => Log(Mean(now, both, km)) - Log(Mean(before, both, km)));
        var error = (decibels - decibelsBefore).abs();
        var errors = CascadeFields.ErrorScales.Select(km => Mean(error, both, km) / CascadeFields.Span);
        var reached = CascadeFields.ShareScales.SelectMany(km => Shares(now, seen, km));
        return stack([
            decibels / CascadeFields.Span, .. blurred, .. shares, .. trends, .. errors, .. reached,
            Mean(seen, ones_like(seen), CascadeFields.SeenScale),
        ]);
    }

    /// <summary>Log-odds of the share of a box that reaches each rate.</summary>
    private IEnumerable<Tensor> Shares(Tensor now, Tensor seen, double kilometres) => CascadeFields.ShareRates.Select(rate =>
    {
        using var scope = NewDisposeScope();
        var share = Mean(now.ge(rate).to_type(float32), seen, kilometres).clamp(0, 1);
        return (((share + CascadeFields.LeastShare) / ((share * -1) + (1 + CascadeFields.LeastShare))).log() / CascadeFields.OddsSpan)
            .MoveToOuterDisposeScope();
    });

    /// <summary>The mean over what counts in a box; 0 where nothing does.</summary>
    private Tensor Mean(Tensor values, Tensor counts, double kilometres)
    {
        using var scope = NewDisposeScope();
        var (column, row) = PixelSize.Kilometres(_grid);
        var sums = BoxSum.Of(stack([values * counts, counts]), (int)Math.Round(kilometres / row), (int)Math.Round(kilometres / column));
        return (sums[0] / sums[1].clamp(min: 1)).MoveToOuterDisposeScope();
    }

    private static Tensor Log(Tensor rain) => (rain.clamp(min: 0) + CascadeFields.Least).log() / CascadeFields.LogSpan;
}
