using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using ConvLstm.Nowcast.Jobs.Web.Api;
using ConvLstm.Nowcast.Jobs.Web.Frames;
using ConvLstm.Nowcast.Storage.Queries;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Jobs.Web;

public sealed class ApiAnswers(ServedRain rain) : IClassFixture<ServedRain>
{
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task APlaceIsAnsweredAsTheDatabaseDoes()
    {
        for (var i = 0; i < 12; i++)
        {
            var (lon, lat) = rain.PlaceOf(10 * i, (7 * i) + 20);
            var place = string.Create(CultureInfo.InvariantCulture, $"lon={lon:R}&lat={lat:R}");
            var fromMemory = (await rain.Client.GetFromJsonAsync<RainAnswer<RainAtPoint>>($"/api/rain-at?{place}", _cancellation))!;
            var fromDatabase = (await rain.Client.GetFromJsonAsync<RainAnswer<RainAtPoint>>($"/api/rain-at?{place}&at=2024-06-01T15:00:00Z",
                _cancellation))!;
            var sql = await rain.Database.Queries.RainAtAsync(lon, lat, null, _cancellation);
            Assert.Equal(ServedRain.Leads, sql.Count);
            Assert.Equal(sql, fromMemory.Leads);
            Assert.Equal(sql, fromDatabase.Leads);
            Assert.Equal((rain.NewestRun, "model", 35.0, false),
                (fromDatabase.Origin.RunId, fromDatabase.Origin.Method, fromDatabase.Origin.AgeMinutes, fromDatabase.Origin.Stale));
            Assert.True(fromMemory.Origin.Stale);
            using var point = await JsonAsync($"/api/point?{place}");
            Assert.Equal(rain.NewestRun, point.RootElement.GetProperty("runId").GetInt64());
            Assert.Equal("model", point.RootElement.GetProperty("method").GetString());
            var lead = point.RootElement.GetProperty("leads")[5];
            Assert.Equal(sql[5].RainMmH, lead.GetProperty("rainMmH").Deserialize<float?>());
            Assert.Equal(sql[5].P1, lead.GetProperty("probabilities")[1].Deserialize<float?>());
        }
    }

    [Fact]
    public async Task AnAreaIsAnsweredAsTheDatabaseDoesByBoxPolygonAndBody()
    {
        var box = await rain.Client.GetFromJsonAsync<RainAnswer<RainOverArea>>("/api/rain-over?bbox=9.8,51.9,10.2,52.1", _cancellation);
        var polygon = await rain.Client.GetFromJsonAsync<RainAnswer<RainOverArea>>(
            "/api/rain-over?coords=POLYGON((9.8 51.9,10.2 51.9,10.2 52.1,9.8 52.1,9.8 51.9))", _cancellation);
        const string GeoJson = """{"type":"Polygon","coordinates":[[[9.8,51.9],[10.2,51.9],[10.2,52.1],[9.8,52.1],[9.8,51.9]]]}""";
        using var posted = await rain.Client.PostAsync(
            new Uri("/api/rain-over", UriKind.Relative), new StringContent(GeoJson, MediaTypeHeaderValue.Parse("application/json")),
                _cancellation);

        var sql = await rain.Database.Queries.RainOverAsync(GeoJson, null, _cancellation);
        Assert.Equal(ServedRain.Leads, sql.Count);
        Assert.Equal(sql, box!.Leads);
        Assert.Equal(sql, polygon!.Leads);
        Assert.Equal(sql, (await posted.Content.ReadFromJsonAsync<RainAnswer<RainOverArea>>(_cancellation))!.Leads);
        Assert.Equal(rain.NewestRun, box.Origin.RunId);
    }

    [Fact]
    public async Task AFrameHoldsTheMapOfTheRunInEveryForm()
    {
        var png = new PngPicture(await rain.Client.GetByteArrayAsync($"/api/runs/{rain.NewestRun}/frames/30.png", _cancellation));
        var compact = await rain.Client.GetByteArrayAsync($"/api/runs/{rain.NewestRun}/frames/30.bin", _cancellation);
        var percent = await rain.Client.GetByteArrayAsync($"/api/runs/{rain.NewestRun}/frames/30.bin?layer=probability&threshold=1",
            _cancellation);

        Assert.Equal((ServedRain.Size, ServedRain.Size), (png.Width, png.Height));
        Assert.Equal("NCF1"u8.ToArray(), compact[..4]);
        var (wet, unknown) = (0, 0);
        for (var pixel = 0; pixel < rain.Grid.PixelCount; pixel++)
        {
            var rate = rain.Newest.RainRate[5][pixel];
            var code = compact[CompactFrame.HeaderLength + pixel];
            Assert.Equal(code, png.Index(pixel % ServedRain.Size, pixel / ServedRain.Size));
            if (float.IsNaN(rate))
                unknown++;
            else if (rate > 0.06f)
                wet++;
            Assert.Equal(float.IsNaN(rate), code is RainCode.Unknown or RainCode.FromOutside);
            if (rate > 0.06f)
                Assert.InRange(RainCode.Rate(code) / rate, rate > 0.5f ? 0.97f : 0.9f, rate > 0.5f ? 1.03f : 1.1f);
            if (!float.IsNaN(rate))
                Assert.Equal((int)MathF.Round(100 * rain.Newest.ExceedanceProbability[1][5][pixel]),
                    percent[CompactFrame.HeaderLength + pixel] - 1, 1.0);
        }
        Assert.True(wet > 500 && unknown > 10, $"{wet} wet, {unknown} unknown");
    }

    [Fact]
    public async Task AMemberIsTheSameForEveryoneAndMembersAreAsWetAsTheirProbabilities()
    {
        var share = 0.0;
        for (var member = 1; member <= FrameLayer.Members; member++)
        {
            var codes = (await rain.Client.GetByteArrayAsync($"/api/runs/{rain.NewestRun}/frames/45.bin?layer=member&member={member}",
                _cancellation))[CompactFrame.HeaderLength..];
            share += codes.Count(code => RainCode.Rate(code) > 1) / (double)codes.Count(code =>
                code is not (RainCode.Unknown or RainCode.FromOutside)) / FrameLayer.Members;
        }
        var expected = rain.Newest.ExceedanceProbability[1][8].Where((_, i) => !float.IsNaN(rain.Newest.RainRate[8][i])).Average();
        Assert.InRange(share, 0.8 * expected, 1.2 * expected);
        Assert.NotEqual(
            await rain.Client.GetByteArrayAsync($"/api/runs/{rain.NewestRun}/frames/45.bin?layer=member&member=1", _cancellation),
            await rain.Client.GetByteArrayAsync($"/api/runs/{rain.NewestRun}/frames/45.bin?layer=member&member=2", _cancellation));
    }

    [Fact]
    public async Task AnAddressIsAskedAgainOnlyWhenItsMapChanged()
    {
        using var first = await rain.Client.GetAsync(new Uri($"/api/runs/{rain.NewestRun}/frames/5.png", UriKind.Relative), _cancellation);
        using var again = new HttpRequestMessage(HttpMethod.Get, $"/api/runs/{rain.NewestRun}/frames/5.png");
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var second = await rain.Client.SendAsync(again, _cancellation);
        using var timeline = await JsonAsync($"/api/grids/{rain.Grid.Name}/timeline");
        var addresses = timeline.RootElement.GetProperty("frames").EnumerateArray().Select(frame => frame.GetProperty("url").GetString()!)
            .ToList();
        using var other = await rain.Client.GetAsync(new Uri(addresses[^1], UriKind.Relative), _cancellation);
        using var scan = await rain.Client.GetAsync(new Uri(addresses[0], UriKind.Relative), _cancellation);
        using var wrong = await rain.Client.GetAsync(new Uri($"/api/runs/{rain.NewestRun}/frames/10.png?v=1", UriKind.Relative),
            _cancellation);

        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
        Assert.NotEqual(first.Headers.ETag, other.Headers.ETag);
        Assert.Equal(TimeSpan.FromSeconds(30), first.Headers.CacheControl!.MaxAge);
        Assert.Contains("immutable", scan.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("immutable", wrong.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        Assert.Contains("immutable", other.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("br")]
    [InlineData("gzip")]
    public async Task AnswersAreCompressedAsAsked(string encoding)
    {
        foreach (var address in new[] { "/", "/api/grids", $"/api/runs/{rain.NewestRun}/frames/30.bin" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            request.Headers.AcceptEncoding.Add(new(encoding));
            using var answer = await rain.Client.SendAsync(request, _cancellation);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal([encoding], answer.Content.Headers.ContentEncoding);
        }
    }

    [Fact]
    public async Task TheNewestForecastIsSummedUpMapByMap()
    {
        using var latest = await JsonAsync($"/api/forecast/latest?grid={rain.Grid.Name}");
        var map = latest.RootElement.GetProperty("maps")[3];
        var known = rain.Newest.RainRate[3].Where(rate => !float.IsNaN(rate)).ToList();

        Assert.Equal(known.Average(), map.GetProperty("meanMmH").GetDouble(), 0.005);
        Assert.Equal(known.Max(), map.GetProperty("maxMmH").GetDouble(), 0.0051);
        Assert.Equal(1 - (known.Count / (double)rain.Grid.PixelCount), map.GetProperty("missingShare").GetDouble(), 1e-9);
    }

    [Fact]
    public async Task TheDescriptionHoldsEveryAddressThatIsAnswered()
    {
        using var json = await JsonAsync("/openapi/v1.json");
        var paths = json.RootElement.GetProperty("paths").EnumerateObject().Select(path => path.Name).ToList();
        foreach (var path in new[] { "/api/grids", "/api/runs", "/api/rain-at", "/api/rain-over", "/api/events",
            "/edr/collections/{grid}/instances/{run}/position", "/tiles/{grid}/{run}/{minutes}/{z}/{x}/{y}.png" })
            Assert.Contains(path, paths);
        Assert.All(
            json.RootElement.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject()),
            operation => Assert.True(operation.Value.TryGetProperty("tags", out _), operation.ToString()));
    }

    private async Task<JsonDocument> JsonAsync(string address) =>
        JsonDocument.Parse(await rain.Client.GetStringAsync(new Uri(address, UriKind.Relative), _cancellation));
}
