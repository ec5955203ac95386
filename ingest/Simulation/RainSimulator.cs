using MathNet.Numerics.Distributions;

namespace ConvLstm.Nowcast.Ingest.Simulation;

/// <summary>A simulated scan, and the truth behind it.</summary>
/// <param name="Frame">The rain.</param>
/// <param name="MotionX">Pixels that the rain moved to the east since the scan before.</param>
/// <param name="MotionY">Pixels that the rain moved to the south since the scan before.</param>
public sealed record SimulatedScan(RadarFrame Frame, double MotionX, double MotionY);

/// <summary>
/// Rain that moves, grows and decays: a Gaussian field with a power-law spectrum, made log-normal where it is wet, carried by a turning
/// wind; more of it where a slower envelope favours growth; and convective cells with a life cycle in it.
/// </summary>
public static class RainSimulator
{
    // Below this a radar sees nothing.
    private const float DryBelow = 0.05f;

    // A log-normal has no end; rain of a square kilometre has one, in mm/h, which rates approach.
    private const float HeaviestRain = 75;

    // How far the envelope moves the border between dry and wet, in standard deviations of the field.
    private const double EnvelopeStrength = 0.8;

    // Time for the first cells to be of all ages.
    private static readonly TimeSpan WarmUp = TimeSpan.FromMinutes(90);

    /// <summary>Makes one scan after the other; nothing is kept.</summary>
    /// <exception cref="ReportedException">An option is outside what can be simulated.</exception>
    public static IEnumerable<SimulatedScan> Run(SimulationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        return Scans(options);
    }

    private static IEnumerable<SimulatedScan> Scans(SimulationOptions options)
    {
        var grid = options.Grid;
        var random = new Random(options.Seed);
        var parameters = ScenarioParameters.Of(options.Scenario);
        var minutes = options.Step.TotalMinutes;
        var wind = new Wind(random);
        var envelope = new Envelope(options.Size, random);
        var cells = new ConvectiveCells(options.Size, parameters.CellsPerMegapixel, minutes, random);
        for (var time = -WarmUp; time < TimeSpan.Zero; time += options.Step)
        {
            var (dx, dy) = wind.Displacement(time, options.Step);
            cells.Advance(dx, dy);
        }
        var domain = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)options.Size);
        var field = new SpectralField(domain, parameters.SpectralSlope, outerScale: 48, minutes, random);
        for (var i = 0; i < options.Frames; i++)
        {
            var time = i * options.Step;
            var (dx, dy) = wind.Displacement(time, options.Step);
            if (i > 0)
            {
                envelope.Move(dx, dy);
                cells.Advance(dx, dy);
                field.Advance(dx, dy);
            }
            var rain = Draw(options, parameters, field, domain, envelope, cells, time);
            yield return new SimulatedScan(new RadarFrame(grid, options.Start + time, rain), dx, dy);
        }
    }

    private static float[] Draw(
        SimulationOptions options, ScenarioParameters parameters, SpectralField field, int domain, Envelope envelope, ConvectiveCells cells,
            TimeSpan time)
    {
        var size = options.Size;
        var rain = new float[size * size];
        var border = Normal.InvCDF(0, 1, 1 - parameters.WetShare);
        var favour = new double[size];
        var values = field.Values;
        for (var row = 0; row < size; row++)
        {
            envelope.Row(row, time, favour);
            var fields = values.Slice(row * domain, size);
            var target = rain.AsSpan(row * size, size);
            for (var column = 0; column < size; column++)
            {
                var above = fields[column].Real - border + (EnvelopeStrength * favour[column]);
                if (above > 0)
                    target[column] = (float)(parameters.BaseRate * (Math.Exp(parameters.Spread * above) - 1));
            }
        }
        cells.Draw(rain, (row, column) => field.Values[(row * domain) + column].Imaginary);
        foreach (ref var rate in rain.AsSpan())
        {
            rate = rate < DryBelow ? 0 : HeaviestRain * MathF.Tanh(rate / HeaviestRain);
        }
        return rain;
    }
}
