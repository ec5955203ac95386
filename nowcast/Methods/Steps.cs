using ConvLstm.Nowcast.Cascade;
using ConvLstm.Nowcast.Ingest.Sequences;
using ConvLstm.Nowcast.Model;
using ConvLstm.Nowcast.Motion;

namespace ConvLstm.Nowcast.Methods;

/// <summary>
/// STEPS (Bowler, Pierce and Seed 2006; Pulkkinen et al. 2019): members of the same cascade, each with noise where a scale has been
/// forgotten and with a motion of its own; rates are matched to those of the newest scan. The rate is the mean of the members, a
/// probability their share.
/// </summary>
/// <param name="members">How many, 1 or more.</param>
/// <param name="seed">The same seed gives the same members.</param>
public sealed class Steps(int members = Steps.DefaultMembers, long seed = 1) : IForecaster
{
    /// <summary>The name in <see cref="ForecastMethods"/>.</summary>
    public const string Name = "steps";

    public const int DefaultMembers = 20;

    public string Method => Name;

    public int ScansNeeded => RainCascade.Scans;

    public RainForecast Forecast(RadarSequence past, ForecastRequest request, CancellationToken cancellation)
    {
        Scans.CheckEnough(past, this);
        var leads = Scans.Leads(past, request);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var scans = AlignedScans.Of(past, RainCascade.Scans, leads.Length, cancellation);
        using var cascade = new RainCascade(scans.Rain, past.Grid);
        var noise = new CascadeNoise(cascade);
        var maps = new float[members][][];
        for (var member = 0; member < members; member++)
        {
            using var inner = NewDisposeScope();
            maps[member] = Member(member, past, leads, scans, cascade, noise, cancellation);
        }
        return Summarised(past, request, leads, maps);
    }

    private float[][] Member(
        int member, RadarSequence past, TimeSpan[] leads, AlignedScans scans, RainCascade cascade, CascadeNoise noise,
            CancellationToken cancellation)
    {
        var grid = past.Grid;
        var newest = past.Frames[^1].RainRate;
        var matching = new DistributionMatching(newest);
        var motion = new MotionPerturbation(RandomStream.Of(seed, member));
        var mask = new IncrementalMask(grid.Height, grid.Width, PixelSize.SideKilometres(grid), past.Step.TotalMinutes);
        var (along, across) = Directions(scans.Motion);
        var (pixelX, pixelY) = PixelSize.Kilometres(grid);
        using var perturbed = PerturbedCascade.Forecast(cascade, noise, seed, (long)member * leads.Length);
        var rain = newest;
        var maps = new float[leads.Length][];
        for (var lead = 0; lead < leads.Length; lead++)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var field = perturbed.Next().narrow(0, 0, grid.Height).narrow(1, 0, grid.Width).ToFloats();
            Mask(field, newest, mask, mask.Around(rain), grid.Width);
            matching.Apply(field);
            rain = field;
            var (ahead, aside) = motion.At(leads[lead]);
            var pixels = tensor([(float)(1 / pixelX), (float)(1 / pixelY)], [2, 1, 1]);
            var displacement = scans.Displacements[lead] + (((along * ahead) + (across * aside)) * pixels);
            maps[lead] = SemiLagrangian.AdvectRain(tensor(field, [grid.Height, grid.Width]), displacement).ToFloats();
        }
        return maps;
    }

    /// <summary>Decibels fade to dry outside the mask, and are not known where the newest scan saw nothing.</summary>
    private static void Mask(float[] field, float[] newest, IncrementalMask mask, float[] cells, int width) =>
        Parallel.For(0, field.Length / width, row =>
    {
        const float Dry = (float)PaddedRain.DryDecibels;
        for (var pixel = row * width; pixel < (row + 1) * width; pixel++)
            field[pixel] = float.IsNaN(newest[pixel]) ? float.NaN
                : Dry + (mask.At(cells, row, pixel - (row * width)) * (field[pixel] - Dry));
    });

    /// <summary>Unit vectors along the motion and to its left, (2, H, W); where nothing moves, to the east and the north.</summary>
    private static (Tensor Along, Tensor Across) Directions(Tensor motion)
    {
        var speed = motion.square().sum([0], keepdim: true).sqrt();
        var still = cat([ones_like(speed), zeros_like(speed)]);
        var along = where(speed.gt(1e-3), motion / speed.clamp(min: 1e-3), still);
        return (along, cat([along.narrow(0, 1, 1), along.narrow(0, 0, 1).neg()]));
    }

    /// <summary>Means and shares of the members that know a pixel; a member that does not has moved air of no radar there.</summary>
    private static RainForecast Summarised(RadarSequence past, ForecastRequest request, TimeSpan[] leads, float[][][] maps)
    {
        var pixels = past.Grid.PixelCount;
        var rates = new float[leads.Length][];
        var probabilities = request.Thresholds.Select(_ => new float[leads.Length][]).ToArray();
        Parallel.For(0, leads.Length, lead =>
        {
            var (rate, known) = (new float[pixels], new int[pixels]);
            foreach (var member in maps)
            {
                for (var i = 0; i < pixels; i++)
                {
                    var one = member[lead][i];
                    if (!float.IsNaN(one))
                        (rate[i], known[i]) = (rate[i] + one, known[i] + 1);
                }
            }
            for (var i = 0; i < pixels; i++)
                rate[i] = known[i] > 0 ? rate[i] / known[i] : float.NaN;
            rates[lead] = rate;
            for (var t = 0; t < probabilities.Length; t++)
            {
                var (share, threshold) = (new float[pixels], request.Thresholds[t]);
                foreach (var member in maps)
                {
                    for (var i = 0; i < pixels; i++)
                        share[i] += member[lead][i] >= threshold ? 1 : 0;
                }
                for (var i = 0; i < pixels; i++)
                    share[i] = known[i] > 0 ? share[i] / known[i] : float.NaN;
                probabilities[t][lead] = share;
            }
        });
        return new RainForecast
        {
            Grid = past.Grid, IssueTime = past.IssueTime, LeadTimes = leads, RainRate = rates, Thresholds = request.Thresholds,
            ExceedanceProbability = probabilities, Members = maps,
            AirFromOutside = [.. rates.Select(r => Array.ConvertAll(r, float.IsNaN))],
            Provenance = Scans.Provenance(Name, past, RainCascade.Scans),
        };
    }
}
