using ConvLstm.Nowcast.Ingest.Sequences;
using ConvLstm.Nowcast.Methods;
using ConvLstm.Nowcast.Motion;

namespace ConvLstm.Nowcast.Ensemble;

/// <summary>
/// Members for a forecast of probabilities, by a Gaussian copula: noise that looks like rain and moves with it gives each pixel of a
/// member its place in the forecast distribution there, so that a member is coherent in space and time and all members together have the
/// forecast's probabilities (Schefzik, Thorarinsdottir and Gneiting 2013 on copulas; noise as in STEPS, Bowler, Pierce and Seed 2006).
/// </summary>
/// <param name="forecaster">Gives the probabilities.</param>
/// <param name="members">How many members, 1 or more.</param>
/// <param name="seed">The same seed gives the same members.</param>
public sealed class EnsembleForecast(IForecaster forecaster, int members, long seed) : IForecaster
{
    public string Method => forecaster.Method;

    public int ScansNeeded => Math.Max(2, forecaster.ScansNeeded);

    public RainForecast Forecast(RadarSequence past, ForecastRequest request, CancellationToken cancellation)
    {
        var forecast = forecaster.Forecast(past, request, cancellation);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var leads = forecast.LeadTimes.Count;
        var origins = Origins(past, leads);
        var noise = new RainNoise(Scans.Newest(past, 1)[0]);
        var quantile = new LadderQuantile(forecast.Thresholds);
        var maps = new float[members][][];
        for (var member = 0; member < members; member++)
        {
            using var inner = NewDisposeScope();
            maps[member] = new float[leads][];
            var lead = 0;
            foreach (var field in noise.Steps(leads, past.Step.TotalMinutes, seed, member))
            {
                cancellation.ThrowIfCancellationRequested();
                // The probability that a standard normal variable is above the noise: a rank, uniform over the members.
                var rank = ((field * -Math.Sqrt(0.5)).erf() + 1) * 0.5;
                maps[member][lead] = Map(forecast, lead, rank.data<float>().ToArray(), origins[lead], quantile);
                lead++;
            }
        }
        return forecast.With(maps);
    }

    private static float[] Map(RainForecast forecast, int lead, float[] rank, int[] origin, LadderQuantile quantile)
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

    /// <summary>For each lead the pixel of the noise that has moved to each pixel; noise comes in again at the other side of the grid.</summary>
    private static int[][] Origins(RadarSequence past, int leads)
    {
        using var scope = NewDisposeScope();
        var how = MotionOptions.For(past.Step);
        var motion = OpticalFlow.Estimate(Scans.Newest(past, Math.Min(past.Frames.Count, how.ScanPairs + 1)), how);
        return [.. SemiLagrangian.Displacements(motion, leads).Select(d => OriginsOf(d.data<float>().ToArray(), past.Grid.Width, past.Grid.Height))];
    }

    private static int[] OriginsOf(float[] displacement, int width, int height)
    {
        var origins = new int[width * height];
        Parallel.For(0, height, y =>
        {
            for (var x = 0; x < width; x++)
            {
                var pixel = (y * width) + x;
                var from = (X: x - (int)MathF.Round(displacement[pixel]), Y: y - (int)MathF.Round(displacement[origins.Length + pixel]));
                origins[pixel] = (Wrapped(from.Y, height) * width) + Wrapped(from.X, width);
            }
        });
        return origins;
    }

    private static int Wrapped(int value, int size) => ((value % size) + size) % size;
}
