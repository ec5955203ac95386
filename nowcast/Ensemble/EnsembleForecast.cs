using ConvLstm.Nowcast.Cascade;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Sequences;
using ConvLstm.Nowcast.Methods;
using ConvLstm.Nowcast.Model;

namespace ConvLstm.Nowcast.Ensemble;

/// <summary>
/// Members for a forecast of probabilities, by a Gaussian copula: the error of a STEPS member, which is noise at the scales that are
/// forgotten and as long-lived as they are, moves with the rain and gives each pixel of a member its place in the forecast distribution
/// there. So a member is coherent in space and time, and all members together have the forecast's probabilities (Schefzik,
/// Thorarinsdottir and Gneiting 2013 on copulas; Bowler, Pierce and Seed 2006).
/// </summary>
/// <param name="forecaster">Gives the probabilities.</param>
/// <param name="members">How many members, 1 or more.</param>
/// <param name="seed">The same seed gives the same members.</param>
public sealed class EnsembleForecast(IForecaster forecaster, int members, long seed) : IForecaster
{
    /// <summary>Where nothing is forgotten, as where it is dry, there is no error to draw, dB.</summary>
    private const double LeastSpread = 1e-6;

    public string Method => forecaster.Method;

    public int ScansNeeded => Math.Max(RainCascade.Scans, forecaster.ScansNeeded);

    public RainForecast Forecast(RadarSequence past, ForecastRequest request, CancellationToken cancellation)
    {
        var forecast = forecaster.Forecast(past, request, cancellation);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var leads = forecast.LeadTimes.Count;
        var scans = AlignedScans.Of(past, RainCascade.Scans, leads, cancellation);
        using var cascade = new RainCascade(scans.Rain, past.Grid);
        var origins = scans.Displacements.Select(d => Origins(d.ToFloats(), past.Grid, cascade.Filters)).ToArray();
        var noise = new CascadeNoise(cascade);
        var spread = noise.Deviations(leads);
        var quantile = new DistributionQuantile(forecast.Thresholds);
        var maps = new float[members][][];
        for (var member = 0; member < members; member++)
        {
            maps[member] = new float[leads][];
            using var error = PerturbedCascade.Error(cascade, noise, seed, (long)member * leads);
            for (var lead = 0; lead < leads; lead++)
            {
                cancellation.ThrowIfCancellationRequested();
                using var inner = NewDisposeScope();
                // The probability that a standard normal variable is above the error: a rank, uniform over the members.
                var rank = ((error.Next() * (-Math.Sqrt(0.5) / Math.Max(spread[lead], LeastSpread))).erf() + 1) * 0.5;
                maps[member][lead] = Map(forecast, lead, rank.ToFloats(), origins[lead], quantile);
            }
        }
        return forecast.With(maps);
    }

    private static float[] Map(RainForecast forecast, int lead, float[] rank, int[] origin, DistributionQuantile quantile)
    {
        var grid = forecast.Grid;
        var rungs = forecast.ExceedanceProbability.Select(p => p[lead]).ToArray();
        var map = new float[grid.PixelCount];
        Parallel.For(0, grid.Height, row =>
        {
            Span<float> ladder = stackalloc float[rungs.Length];
            for (var pixel = row * grid.Width; pixel < (row + 1) * grid.Width; pixel++)
            {
                for (var rung = 0; rung < rungs.Length; rung++)
                    ladder[rung] = rungs[rung][pixel];
                map[pixel] = float.IsNaN(ladder[0]) ? float.NaN : quantile.Rate(ladder, rank[origin[pixel]]);
            }
        });
        return map;
    }

    /// <summary>The pixel of the padded noise that has moved to each pixel; noise comes in again at the other side.</summary>
    private static int[] Origins(float[] displacement, RadarGrid grid, BandPassFilters padded)
    {
        var origins = new int[grid.PixelCount];
        Parallel.For(0, grid.Height, y =>
        {
            for (var x = 0; x < grid.Width; x++)
            {
                var pixel = (y * grid.Width) + x;
                var from = (X: x - (int)MathF.Round(displacement[pixel]), Y: y - (int)MathF.Round(displacement[origins.Length + pixel]));
                origins[pixel] = (Wrapped(from.Y, padded.Height) * padded.Width) + Wrapped(from.X, padded.Width);
            }
        });
        return origins;
    }

    private static int Wrapped(int value, int size) => ((value % size) + size) % size;
}
