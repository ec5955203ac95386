using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Jobs.Web;

/// <summary>The other forms of what the API says, and what surrounds them.</summary>
public sealed class ApiForms(ServedRain rain) : IClassFixture<ServedRain>
{
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task AStaleAnswerIsMarkedAndSaysFromWhen()
    {
        using var stale = await rain.Client.GetAsync(new Uri("/api/rain-at?lon=10&lat=52", UriKind.Relative), _cancellation);
        using var fresh = await rain.Client.GetAsync(
            new Uri("/api/rain-at?lon=10&lat=52&at=2024-06-01T14:30:00Z&stale=refuse", UriKind.Relative), _cancellation);

        Assert.Equal("110 - \"The forecast is of 2024-06-01T14:25:00Z\"", stale.Headers.Warning.Single().ToString());
        Assert.Empty(fresh.Headers.Warning);
        Assert.Equal(5, (await JsonAsync(fresh)).GetProperty("origin").GetProperty("ageMinutes").GetDouble());
    }

    [Fact]
    public async Task RainStartsAndDepthAreThoseOfTheDatabase()
    {
        var wettest = Enumerable.Range(0, rain.Grid.PixelCount)
            .MaxBy(pixel => float.IsNaN(rain.Newest.RainRate[^1][pixel]) ? -1 : rain.Newest.RainRate.Sum(map => map[pixel]));
        var (lon, lat) = rain.PlaceOf(wettest % ServedRain.Size, wettest / ServedRain.Size);
        var asked = rain.Newest.IssueTime;
        var place = FormattableString.Invariant($"lon={lon:R}&lat={lat:R}&at={asked.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}");

        var starts = await JsonAsync($"/api/rain-starts?{place}&threshold=2");
        var depth = await JsonAsync($"/api/depth?{place}&minutes=30");

        Assert.Equal(await rain.Database.Queries.RainStartsAsync(lon, lat, 2, asked, _cancellation),
            starts.GetProperty("minutes").GetDouble());
        var expected = await rain.Database.Queries.DepthAtAsync(lon, lat, 30, asked, _cancellation);
        Assert.True(expected.DepthMm > 0);
        Assert.Equal(expected.DepthMm, depth.GetProperty("depthMm").GetDouble());
        Assert.Equal(rain.NewestRun, depth.GetProperty("origin").GetProperty("runId").GetInt64());
    }

    [Fact]
    public async Task CsvAndGeoJsonHoldTheSameNumbers()
    {
        var json = await JsonAsync("/api/rain-at?lon=10&lat=52");
        var csv = (await rain.Client.GetStringAsync(new Uri("/api/rain-at?lon=10&lat=52&f=csv", UriKind.Relative), _cancellation))
            .Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var feature = await JsonAsync("/api/rain-over?bbox=9.8,51.9,10.2,52.1&f=geojson");

        var columns = csv[0].Split(',');
        Assert.Equal(["grid", "run_id", "issue_time", "method", "model_version", "age_minutes", "stale", "valid_time", "lead_minutes",
            "rain_mm_h"], columns[..10]);
        Assert.Equal(ServedRain.Leads + 1, csv.Length);
        var rates = json.GetProperty("leads").EnumerateArray().Select(lead => lead.GetProperty("rainMmH").ToString()).ToList();
        Assert.Equal(rates, csv.Skip(1).Select(line => line.Split(',')[9]));
        Assert.Equal("Feature", feature.GetProperty("type").GetString());
        Assert.Equal("Polygon", feature.GetProperty("geometry").GetProperty("type").GetString());
        Assert.Equal(ServedRain.Leads, feature.GetProperty("properties").GetProperty("leads").GetArrayLength());
    }

    [Fact]
    public async Task TileJsonLeadsToTilesThatTellDryFromUnseen()
    {
        var tiles = await JsonAsync($"/tiles/{rain.Grid.Name}/latest/30.json?palette=safe");
        var address = tiles.GetProperty("tiles")[0].GetString()!;
        Assert.StartsWith(rain.Address, address, StringComparison.Ordinal);
        var bounds = tiles.GetProperty("bounds").EnumerateArray().Select(degrees => degrees.GetDouble()).ToList();
        Assert.True(bounds[0] < bounds[2] && bounds[1] < bounds[3]);
        var (lon, lat) = ((bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2);
        const int Zoom = 6;
        var x = (int)((lon + 180) / 360 * (1 << Zoom));
        var y = (int)((1 - (Math.Asinh(Math.Tan(lat * Math.PI / 180)) / Math.PI)) / 2 * (1 << Zoom));

        var tile = new PngPicture(await rain.Client.GetByteArrayAsync(
            new Uri(address.Replace("{z}", $"{Zoom}", StringComparison.Ordinal).Replace("{x}", $"{x}", StringComparison.Ordinal)
                .Replace("{y}", $"{y}", StringComparison.Ordinal)), _cancellation));
        var alphas = Enumerable.Range(0, tile.Width * tile.Height).Select(i => tile.Colour(i % tile.Width, i / tile.Width) & 0xFF)
            .ToHashSet();
        Assert.Contains(0u, alphas);
        Assert.Contains(0x6Eu, alphas);
    }

    [Fact]
    public async Task FilesAreReadInParts()
    {
        using var part = new HttpRequestMessage(HttpMethod.Get, $"/api/runs/{rain.NewestRun}/forecast.nc")
        {
            Headers = { Range = new RangeHeaderValue(0, 7) },
        };
        using var answer = await rain.Client.SendAsync(part, _cancellation);

        Assert.Equal(HttpStatusCode.PartialContent, answer.StatusCode);
        // HDF5, which NetCDF-4 is: https://docs.hdfgroup.org/hdf5/develop/_f_m_t3.html, II.A.
        Assert.Equal([0x89, (byte)'H', (byte)'D', (byte)'F', 0x0D, 0x0A, 0x1A, 0x0A],
            await answer.Content.ReadAsByteArrayAsync(_cancellation));
    }

    private async Task<JsonElement> JsonAsync(string address)
    {
        using var answer = await rain.Client.GetAsync(new Uri(address, UriKind.Relative), _cancellation);
        return await JsonAsync(answer);
    }

    private async Task<JsonElement> JsonAsync(HttpResponseMessage answer)
    {
        answer.EnsureSuccessStatusCode();
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(_cancellation));
        return json.RootElement.Clone();
    }
}
