using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Projection;
using ConvLstm.Nowcast.Ingest.Sequences;
using ConvLstm.Nowcast.Ingest.Simulation;
using ConvLstm.Nowcast.Jobs.Settings;
using ConvLstm.Nowcast.Jobs.Verification;
using ConvLstm.Nowcast.Jobs.Web;
using ConvLstm.Nowcast.Methods;
using ConvLstm.Nowcast.Storage;
using ConvLstm.Nowcast.Tests.Storage;
using Microsoft.AspNetCore.Builder;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Jobs.Web;

/// <summary>
/// A database with two hours of simulated rain and verified runs, and the real web service in front of it, on a free port.
/// </summary>
public sealed class ServedRain(TestCluster cluster) : IAsyncLifetime
{
    internal const int Size = 128, Leads = 12, WideSize = 512;
    private static readonly TimeSpan Step = TimeSpan.FromMinutes(5);
    private WebApplication? _service;

    internal NowcastDatabase Database { get; private set; } = null!;

    internal HttpClient Client { get; private set; } = null!;

    internal string Address { get; private set; } = "";

    /// <summary>Scans five minutes apart, and a grid that the runs of the tests are on.</summary>
    internal IReadOnlyList<RadarFrame> Scans { get; private set; } = [];

    internal RadarGrid Grid => Scans[0].Grid;

    /// <summary>The forecast that answers: of the method "model", from the newest scan.</summary>
    internal RainForecast Newest { get; private set; } = null!;

    internal long NewestRun { get; private set; }

    public async ValueTask InitializeAsync()
    {
        Database = await NowcastDatabase.OpenAsync(await cluster.CreateDatabaseAsync(CancellationToken.None), CancellationToken.None);
        Scans = [.. RainSimulator.Run(new SimulationOptions { Size = Size, Frames = 30, Seed = 11 }).Select(scan => scan.Frame)];
        foreach (var scan in Scans)
            await Database.Scans.StoreAsync(scan, "simulated");
        foreach (var newest in new[] { 11, 17, 29 })
            await PublishAsync(newest);
        await new VerificationPass(Database).RunAsync(Scans[0].ValidTime, CancellationToken.None);
        await StoreWideAsync();
        _service = WebService.Build(Database, "http://127.0.0.1:0", new NowcastSettings { RequestsPerSecond = 0 });
        await _service.StartAsync();
        Address = _service.Urls.Single();
        Client = new HttpClient { BaseAddress = new Uri(Address) };
    }

    public async ValueTask DisposeAsync()
    {
        Client?.Dispose();
        if (_service is not null)
            await _service.DisposeAsync();
        await Database.DisposeAsync();
    }

    /// <summary>A place of a pixel of the newest scan: its longitude and latitude.</summary>
    internal (double Lon, double Lat) PlaceOf(int column, int row)
    {
        using var locator = new GridLocator(Grid);
        return locator.LonLat(column, row);
    }

    private async Task PublishAsync(int newest)
    {
        var past = new RadarSequence(Step, [.. Scans.Skip(newest - 3).Take(4)]);
        var request = new ForecastRequest(Step * Leads, ForecastRequest.DefaultThresholds);
        foreach (var method in new IForecaster[] { new Extrapolation(), new Persistence() })
            await Database.Forecasts.PublishAsync(method.Forecast(past, request, CancellationToken.None), CancellationToken.None);
        // The page tells methods apart by name: a third one with the rain of the first, as no network is trained here.
        var third = new Extrapolation().Forecast(past, request, CancellationToken.None);
        Newest = Renamed(third);
        NewestRun = (await Database.Forecasts.PublishAsync(Newest, CancellationToken.None)).RunId;
    }

    private static RainForecast Renamed(RainForecast forecast) => new()
    {
        Grid = forecast.Grid, IssueTime = forecast.IssueTime, LeadTimes = forecast.LeadTimes, RainRate = forecast.RainRate,
        Thresholds = forecast.Thresholds,
        ExceedanceProbability = forecast.ExceedanceProbability, Provenance = forecast.Provenance with
        {
            Method = "model",
            ModelVersion = "test-1",
        },
    };

    /// <summary>A grid of 512×512 whose timeline has 24 frames, far away from the other; half of its rate is expected.</summary>
    private async Task StoreWideAsync()
    {
        var grid = new RadarGrid("wide", WideSize, WideSize, "+proj=lcc +lat_1=30 +lat_2=40 +lat_0=35 +lon_0=-100 +ellps=GRS80 +units=m",
            2000, 2000, -512_000, 512_000);
        var start = Scans[^1].ValidTime - (11 * Step);
        var fields = Enumerable.Range(0, 24).Select(step => Drifting(grid, step)).ToList();
        for (var step = 0; step < 12; step++)
            await Database.Scans.StoreAsync(new RadarFrame(grid, start + (step * Step), fields[step]), "made");
        await Database.Forecasts.PublishAsync(
            Tests.Storage.Sample.Forecast(grid, start + (11 * Step), leads: 12, rate: lead => fields[12 + lead], thresholds: [1f],
                mean: rate => rate / 2),
                CancellationToken.None);
    }

    /// <summary>Bands of rain that move: quick to make, and no two frames alike.</summary>
    private static float[] Drifting(RadarGrid grid, int step)
    {
        var field = new float[grid.PixelCount];
        for (var i = 0; i < field.Length; i++)
        {
            var (x, y) = ((i % grid.Width) - (3 * step), i / grid.Width);
            var wave = MathF.Sin(x / 23f) * MathF.Cos((y + step) / 31f) * MathF.Sin((x + y) / 57f);
            field[i] = wave > 0.2f ? MathF.Round((wave - 0.2f) * 60, 2) : 0;
        }
        return field;
    }
}
