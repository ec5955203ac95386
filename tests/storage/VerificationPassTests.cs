using ConvLstm.Nowcast.Evaluation;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Sequences;
using ConvLstm.Nowcast.Ingest.Simulation;
using ConvLstm.Nowcast.Jobs.Verification;
using ConvLstm.Nowcast.Methods;
using ConvLstm.Nowcast.Motion;
using Npgsql;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Storage;

public sealed class VerificationPassTests(TestDatabase test) : IClassFixture<TestDatabase>
{
    private const int PastScans = 2, Leads = 4;
    private static readonly float[] Thresholds = [0.1f, 1, 5, 10];
    private static readonly int[] Scales = [1, 5, 11, 21];
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task TheViewsHoldTheScoresOfAHindcastOfTheSameRuns()
    {
        var sequence = Rain(frames: 10, seed: 4);
        await StoreAsync(sequence);
        IForecaster[] methods = [new Extrapolation(), new Persistence(), new Slower()];
        var issues = Enumerable.Range(PastScans, sequence.Frames.Count - Leads - PastScans).ToList();
        var published = methods.ToDictionary(m => m.Method, _ => new Dictionary<DateTimeOffset, RainForecast>());
        foreach (var issue in issues)
        {
            foreach (var method in methods)
                published[method.Method].Add(sequence.Frames[issue].ValidTime, await PublishAsync(method, sequence, issue));
        }

        var scored = await new VerificationPass(test.Database).RunAsync(sequence.Frames[0].ValidTime, _cancellation);

        Assert.Equal(issues.Count * methods.Length * Leads, scored);
        var hindcast = new Hindcast(new HindcastOptions
        {
            Lead = sequence.Step * Leads, Thresholds = Thresholds, PastScans = PastScans, Every = 1,
            FractionsThresholds = Thresholds, FractionsScales = Scales, Resamples = 1,
        }).Run([sequence], [.. methods.Select(m => new AsPublished(m, published[m.Method]))], null, _cancellation);
        Assert.Equal(issues.Count, hindcast.IssueTimes.Count);
        foreach (var row in hindcast.Thresholds.Where(row => row.Mask == "common"))
        {
            var lead = hindcast.Leads.Single(l => l.Mask == row.Mask && l.Method == row.Method && l.LeadMinutes == row.LeadMinutes);
            await using var skill = test.Database.DataSource.CreateCommand(
                "SELECT csi, pod, far, brier, crps, mae, rmse, fss, fss_scale_km, maps FROM nowcast.skill WHERE grid = $1 AND method = $2 "
                    + "AND lead_minutes = $3 AND threshold = $4");
            foreach (var value in new object[] { sequence.Grid.Name, row.Method, row.LeadMinutes, row.Threshold })
                skill.Parameters.Add(new NpgsqlParameter { Value = value });
            await using var columns = await skill.ExecuteReaderAsync(_cancellation);
            Assert.True(await columns.ReadAsync(_cancellation));
            double[] expected = [row.Csi, row.Pod, row.Far, row.Brier, lead.Crps, lead.Mae, lead.Rmse, row.Fss[11], 11, issues.Count];
            for (var column = 0; column < expected.Length; column++)
            {
                var found = await columns.IsDBNullAsync(column, _cancellation) ? double.NaN
                    : Convert.ToDouble(columns.GetValue(column), null);
                Assert.True(
                    double.IsNaN(expected[column]) ? double.IsNaN(found) : Math.Abs(found - expected[column]) < 1e-6,
                    $"{columns.GetName(column)} of {row.Method} at {row.LeadMinutes} minutes, {row.Threshold} mm/h: {found} in the "
                        + $"database, {expected[column]} in the hindcast");
            }
            Assert.False(await columns.ReadAsync(_cancellation));
        }
        // Rain, scores and a gap that matters: or the comparison would say nothing.
        Assert.All(hindcast.Thresholds.Where(row => row.Threshold == 1 && row.Mask == "common"),
            row => Assert.InRange(row.Csi, 0.05, 0.999));
        Assert.Contains(hindcast.Leads, row => row.Mask == "common" && row.Pixels < issues.Count * sequence.Grid.PixelCount);
    }

    [Fact]
    public async Task FssOfEveryScaleIsThatOfTheHindcastAndReliabilityCountsTheSamePixels()
    {
        var sequence = Rain(frames: PastScans + Leads + 1, seed: 9);
        await StoreAsync(sequence);
        var published = await PublishAsync(new Extrapolation(), sequence, PastScans);
        await new VerificationPass(test.Database).RunAsync(sequence.Frames[0].ValidTime, _cancellation);

        var hindcast = new Hindcast(new HindcastOptions
        {
            Lead = sequence.Step * Leads, Thresholds = Thresholds, PastScans = PastScans, Every = 1,
            FractionsThresholds = [1], FractionsScales = Scales, Resamples = 1,
        }).Run([sequence], [new AsPublished(new Extrapolation(), new() { [published.IssueTime] = published })], null, _cancellation);
        var row = hindcast.Thresholds.Single(r => r.Mask == "common" && r.Threshold == 1 && r.LeadMinutes == 10);
        foreach (var (scale, fss) in row.Fss)
        {
            Assert.Equal(fss, await test.ScalarAsync<double>(
                "SELECT fss FROM nowcast.skill_fss WHERE grid = $1 AND lead_minutes = 10 AND threshold = 1 AND scale_km = $2",
                    sequence.Grid.Name, (double)scale), 6);
        }
        var pixels = hindcast.Leads.Single(l => l.Mask == "common" && l.LeadMinutes == 10).Pixels;
        Assert.Equal((decimal)pixels, await test.ScalarAsync<decimal>(
            "SELECT sum(pixels) FROM nowcast.skill_reliability WHERE grid = $1 AND lead_minutes = 10 AND threshold = 1",
                sequence.Grid.Name));
    }

    [Fact]
    public async Task ARunPublishedLaterIsScoredTogetherWithItsSisters()
    {
        var sequence = Rain(frames: PastScans + 2, seed: 5);
        await StoreAsync(sequence);
        await PublishAsync(new Persistence(), sequence, PastScans);
        var pass = new VerificationPass(test.Database);
        Assert.Equal(1, await pass.RunAsync(sequence.Frames[0].ValidTime, _cancellation));
        Assert.Equal(0, await pass.RunAsync(sequence.Frames[0].ValidTime, _cancellation));
        var alone = await PixelsAsync();

        await PublishAsync(new Extrapolation(), sequence, PastScans);

        // Extrapolation decides which pixels count, so persistence is scored anew on its pixels.
        Assert.Equal(2, await pass.RunAsync(sequence.Frames[0].ValidTime, _cancellation));
        Assert.Equal(1L, await test.ScalarAsync<long>(
            "SELECT count(DISTINCT pixels) FROM nowcast.verification_lead JOIN nowcast.run USING (run_id) JOIN nowcast.grid USING "
                + "(grid_id) WHERE name = $1", sequence.Grid.Name));
        Assert.NotEqual(alone, await PixelsAsync());

        Task<long> PixelsAsync() => test.ScalarAsync<long>(
            "SELECT min(pixels) FROM nowcast.verification_lead JOIN nowcast.run USING (run_id) JOIN nowcast.grid USING (grid_id) WHERE "
                + "name = $1 AND method = 'persistence'", sequence.Grid.Name);
    }

    /// <summary>Simulated rain with a corner that no radar sees, on a grid of its own name.</summary>
    private static RadarSequence Rain(int frames, int seed)
    {
        var scans = RainSimulator.Run(new SimulationOptions { Size = 96, Frames = frames, Seed = seed }).Select(scan => scan.Frame)
            .ToList();
        var grid = scans[0].Grid with { Name = Sample.NewName("verified") };
        return new RadarSequence(TimeSpan.FromMinutes(5), [.. scans.Select(scan =>
        {
            var rain = scan.RainRate.ToArray();
            for (var pixel = 0; pixel < rain.Length; pixel++)
            {
                if (pixel / grid.Width < 20 && pixel % grid.Width < 30)
                    rain[pixel] = float.NaN;
            }
            return new RadarFrame(grid, scan.ValidTime, rain);
        })]);
    }

    private async Task StoreAsync(RadarSequence sequence)
    {
        foreach (var frame in sequence.Frames)
            await test.Database.Scans.StoreAsync(frame, "x", cancellation: _cancellation);
    }

    /// <summary>The run as the database gives it back: rounded.</summary>
    private async Task<RainForecast> PublishAsync(IForecaster method, RadarSequence sequence, int issue)
    {
        var forecast = method.Forecast(sequence.Slice(issue - PastScans, PastScans + 1),
            new ForecastRequest(sequence.Step * Leads, Thresholds), _cancellation);
        var run = await test.Database.Forecasts.PublishAsync(forecast, _cancellation);
        return await test.Database.Queries.LoadRunAsync(run.RunId, _cancellation);
    }

    /// <summary>A third method, which says something else.</summary>
    private sealed class Slower : IForecaster
    {
        private readonly Extrapolation _half = new(new MotionOptions { ScanPairs = 1, Smoothing = 60 });

        public string Method => "model";

        public int ScansNeeded => _half.ScansNeeded;

        public RainForecast Forecast(RadarSequence past, ForecastRequest request, CancellationToken cancellation)
        {
            var forecast = _half.Forecast(past, request, cancellation);
            return new RainForecast
            {
                Grid = forecast.Grid, IssueTime = forecast.IssueTime, LeadTimes = forecast.LeadTimes, Thresholds = forecast.Thresholds,
                RainRate = [.. forecast.RainRate.Select(field => Array.ConvertAll(field, rate => 0.8f * rate))],
                ExceedanceProbability = forecast.ExceedanceProbability, Provenance = forecast.Provenance with { Method = Method },
            };
        }
    }

    /// <summary>Gives the runs that were published.</summary>
    private sealed class AsPublished(IForecaster method, Dictionary<DateTimeOffset, RainForecast> runs) : IForecaster
    {
        public string Method => method.Method;

        public int ScansNeeded => method.ScansNeeded;

        public RainForecast Forecast(RadarSequence past, ForecastRequest request, CancellationToken cancellation) => runs[past.IssueTime];
    }
}
