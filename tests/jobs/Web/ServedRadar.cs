using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Formats;
using ConvLstm.Nowcast.Ingest.Projection;
using ConvLstm.Nowcast.Ingest.Sequences;
using ConvLstm.Nowcast.Jobs.Settings;
using ConvLstm.Nowcast.Jobs.Web;
using ConvLstm.Nowcast.Methods;
using ConvLstm.Nowcast.Storage;
using ConvLstm.Nowcast.Tests.Storage;
using Microsoft.AspNetCore.Builder;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Jobs.Web;

/// <summary>
/// The web service in front of real radar of the Netherlands (two runs, an hour apart, the second with what came) and of Brisbane, whose
/// run is twenty minutes older than its newest scan.
/// </summary>
public sealed class ServedRadar(TestCluster cluster) : IAsyncLifetime
{
    internal const string Attribution = "KNMI (CC BY 4.0)";
    private WebApplication? _service;

    internal NowcastDatabase Database { get; private set; } = null!;

    internal HttpClient Client { get; private set; } = null!;

    internal string Address { get; private set; } = "";

    /// <summary>A radar that no forecast is of.</summary>
    internal static RadarGrid Bare { get; } =
        new("bare", 40, 40, "+proj=lcc +lat_1=30 +lat_2=40 +lat_0=35 +lon_0=-100 +ellps=GRS80 +units=m", 2000, 2000, -40_000, 40_000);

    internal RadarGrid Netherlands { get; private set; } = null!;

    internal RadarGrid Brisbane { get; private set; } = null!;

    /// <summary>The newest forecast of the Netherlands, and the scan it was made from.</summary>
    internal RainForecast Newest { get; private set; } = null!;

    internal RadarFrame Scan { get; private set; } = null!;

    internal long NewestRun { get; private set; }

    /// <summary>The issue time of the run before it.</summary>
    internal DateTimeOffset Earlier { get; private set; }

    public async ValueTask InitializeAsync()
    {
        Database = await NowcastDatabase.OpenAsync(await cluster.CreateDatabaseAsync(CancellationToken.None), CancellationToken.None);
        var brisbane = await StoreAsync(RadarData.Files("bom_brisbane_20201031")[28..34]);
        Brisbane = brisbane[0].Grid;
        await PublishAsync(brisbane, brisbane.Count - 3, TimeSpan.FromMinutes(10));
        await Database.Scans.StoreAsync(new RadarFrame(Bare, brisbane[0].ValidTime, new float[Bare.PixelCount]), "made");
        var scans = await StoreAsync(RadarData.Files("knmi_netherlands_20100826")[60..81]);
        Netherlands = scans[0].Grid;
        (_, Earlier) = (await PublishAsync(scans, 8, TimeSpan.FromMinutes(5)), scans[8].ValidTime);
        (NewestRun, Newest) = await PublishAsync(scans, scans.Count - 1, TimeSpan.FromMinutes(5));
        Scan = scans[^1];
        _service = WebService.Build(Database, "http://127.0.0.1:0",
            new NowcastSettings { RequestsPerSecond = 0, Attribution = Attribution });
        await _service.StartAsync();
        Address = _service.Urls.Single();
        Client = new HttpClient { BaseAddress = new Uri(Address) };
    }

    public async ValueTask DisposeAsync()
    {
        Client?.Dispose();
        if (_service is not null)
            await _service.DisposeAsync();
        if (Database is not null)
            await Database.DisposeAsync();
    }

    /// <summary>Longitude and latitude of a pixel of the Netherlands.</summary>
    internal (double Lon, double Lat) PlaceOf(int column, int row)
    {
        using var locator = new GridLocator(Netherlands);
        return locator.LonLat(column, row);
    }

    private async Task<IReadOnlyList<RadarFrame>> StoreAsync(IEnumerable<string> files)
    {
        var scans = new List<RadarFrame>();
        foreach (var path in files)
        {
            using var file = RadarFormats.Open(path);
            scans.Add(file.Read(0));
            await Database.Scans.StoreAsync(scans[^1], Path.GetFileName(path));
        }
        return scans;
    }

    private async Task<(long Run, RainForecast Forecast)> PublishAsync(IReadOnlyList<RadarFrame> scans, int newest, TimeSpan step)
    {
        var past = new RadarSequence(step, [.. scans.Skip(newest - 3).Take(4)]);
        var forecast = new Extrapolation()
            .Forecast(past, new ForecastRequest(TimeSpan.FromHours(1), ForecastRequest.DefaultThresholds), CancellationToken.None);
        return ((await Database.Forecasts.PublishAsync(forecast, CancellationToken.None)).RunId, forecast);
    }
}
