using System.Net;
using System.Text;
using System.Text.Json;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Jobs.Web;

public sealed class RefusedRequests(ServedRain rain) : IClassFixture<ServedRain>
{
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/api/runs/987654", 404, "no run 987654")]
    [InlineData("/api/runs/987654/frames/30.png", 404, "no run")]
    [InlineData("/api/runs/987654/forecast.nc", 404, "no run")]
    [InlineData("/api/runs/0/frames/99999999999.png", 404, "")]
    [InlineData("/api/runs/{run}/frames/7.png", 404, "no map 7 minutes ahead")]
    [InlineData("/api/runs/{run}/frames/-5.bin", 404, "")]
    [InlineData("/api/runs/{run}/frames/2147483647.bin", 404, "no map")]
    [InlineData("/api/runs/{run}/frames/30.png?palette=mud", 400, "palette")]
    [InlineData("/api/runs/{run}/frames/30.png?layer=snow", 400, "layer")]
    [InlineData("/api/runs/{run}/frames/30.png?layer=probability", 400, "threshold")]
    [InlineData("/api/runs/{run}/frames/30.png?layer=probability&threshold=3", 404, "more than 3")]
    [InlineData("/api/runs/{run}/frames/30.png?layer=member&member=0", 400, "member")]
    [InlineData("/api/runs?limit=0", 400, "limit")]
    [InlineData("/api/runs?from=yesterday", 400, "no time")]
    [InlineData("/api/runs?grid=nowhere", 404, "no grid 'nowhere'")]
    [InlineData("/api/grids/nowhere/timeline", 404, "no grid")]
    [InlineData("/api/grids/{grid}/observations/20010101T000000Z.png", 404, "no scan")]
    [InlineData("/api/grids/{grid}/observations/rain.png", 400, "no time")]
    [InlineData("/api/rain-at?lon=0&lat=0", 404, "covers")]
    [InlineData("/api/rain-at?lon=200&lat=52", 400, "no place")]
    [InlineData("/api/rain-at?lon=NaN&lat=52", 400, "no place")]
    [InlineData("/api/rain-at?lon=ten&lat=52", 400, "lon")]
    [InlineData("/api/rain-at?lat=52", 400, "lon")]
    [InlineData("/api/rain-at?lon=10&lat=52&at=noon", 400, "no time")]
    [InlineData("/api/point?lon=10&lat=52&run=987654", 404, "no run")]
    [InlineData("/api/rain-over", 400, "Give an area")]
    [InlineData("/api/rain-over?bbox=1,2,3", 400, "four numbers")]
    [InlineData("/api/rain-over?bbox=11,52,10,53", 400, "west to east")]
    [InlineData("/api/rain-over?bbox=-1e300,-1e300,1e300,1e300", 400, "no place")]
    [InlineData("/api/rain-over?bbox=-60,-50,-50,-40", 404, "covers")]
    [InlineData("/api/rain-over?coords=POLYGON((9 51,11 51,11 53))", 400, "first again")]
    [InlineData("/api/rain-over?coords=POLYGON((9 51,11 51,11 53,9 53))", 400, "first again")]
    [InlineData("/api/rain-over?coords=POLYGON((9 51,11 51,9 51,9 51))", 400, "no area")]
    [InlineData("/api/rain-over?coords=POLYGON((9 51,11 x,11 53,9 51))", 400, "two numbers")]
    [InlineData("/api/rain-over?coords=POLYGON(9 51,11 51,11 53,9 51)", 400, "POLYGON")]
    [InlineData("/api/rain-over?coords=CIRCLE(9 51, 3)", 400, "POLYGON")]
    [InlineData("/edr/collections/nowhere", 404, "no grid")]
    [InlineData("/edr/collections/{grid}/position", 400, "POINT")]
    [InlineData("/edr/collections/{grid}/position?coords=POINT(10)", 400, "two numbers")]
    [InlineData("/edr/collections/{grid}/position?coords=POINT(0 0)", 404, "covers")]
    [InlineData("/edr/collections/{grid}/position?coords=POINT(10 52)&parameter-name=snow", 400, "no parameter 'snow'")]
    [InlineData("/edr/collections/{grid}/position?coords=POINT(10 52)&datetime=1999-01-01T00:00:00Z", 404, "no map at")]
    [InlineData("/edr/collections/{grid}/position?coords=POINT(10 52)&datetime=a/b/c", 400, "datetime")]
    [InlineData("/edr/collections/{grid}/position?coords=POINT(10 52)&f=GRIB", 400, "CoverageJSON")]
    [InlineData("/edr/collections/{grid}/instances/987654/position?coords=POINT(10 52)", 404, "no run")]
    [InlineData("/edr/collections/wide/instances/{run}/position?coords=POINT(10 52)", 404, "not of wide")]
    [InlineData("/edr/collections/{grid}/area?coords=POLYGON((0 0,1 0,1 1,0 0))", 404, "No pixel")]
    [InlineData("/edr/collections/wide/area?coords=POLYGON((-120 20,-80 20,-80 50,-120 50,-120 20))", 413, "at most")]
    [InlineData("/tiles/{grid}/latest/30/3/9/9.png", 400, "no tile")]
    [InlineData("/tiles/{grid}/latest/30/40/1/1.png", 400, "no tile")]
    [InlineData("/tiles/{grid}/rain/30/3/1/1.png", 400, "number, or latest")]
    [InlineData("/api/rain-over?coords=POLYGON((9 51,11 53,11 51,9 52,9 51))", 400, "not sound")]
    [InlineData("/api/rain-at?lon=10&lat=52&stale=refuse", 404, "older than 70")]
    [InlineData("/api/rain-at?lon=10&lat=52&f=xml", 400, "csv")]
    [InlineData("/api/depth?lon=10&lat=52&minutes=0", 400, "Minutes")]
    [InlineData("/api/rain-starts?lon=0&lat=0", 404, "covers")]
    [InlineData("/api/quality?from=2024-06-02T00:00:00Z&to=2024-06-01T00:00:00Z", 400, "ends before")]
    [InlineData("/nothing/here", 404, "/api/docs")]
    [InlineData("/assets/../appsettings.json", 404, "")]
    public async Task ABadQuestionIsAnsweredWithASentence(string address, int status, string words)
    {
        address = address.Replace("{run}", $"{rain.NewestRun}", StringComparison.Ordinal)
            .Replace("{grid}", rain.Grid.Name, StringComparison.Ordinal);

        using var answer = await rain.Client.GetAsync(new Uri(address, UriKind.Relative), _cancellation);

        await CheckAsync(answer, status, words);
    }

    [Theory]
    [InlineData("""{"type":"Point","coordinates":[10,52]}""", 400, "GeoJSON")]
    [InlineData("""{"type":"Polygon","coordinates":[[[9,51],["x",51],[11,53],[9,51]]]}""", 400, "GeoJSON")]
    [InlineData("""{"type":"Polygon","coordinates":[[[9,51],[11,51],[11,95],[9,51]]]}""", 400, "no place")]
    [InlineData("""{"type":"Polygon","coordinates":7}""", 400, "GeoJSON")]
    [InlineData("{", 400, "JSON")]
    public async Task ABodyThatIsNoPolygonIsRefused(string body, int status, string words)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await rain.Client.PostAsync(new Uri("/api/rain-over", UriKind.Relative), content, _cancellation);

        await CheckAsync(answer, status, words);
    }

    [Fact]
    public async Task ABodyOfMegabytesIsNotRead()
    {
        using var content = new StringContent("[" + new string(' ', 3 << 20) + "]", Encoding.UTF8, "application/json");
        // A body that is sent before it is asked for meets a connection that has been closed.
        using var client = new HttpClient(new SocketsHttpHandler { Expect100ContinueTimeout = TimeSpan.FromMinutes(1) })
        {
            BaseAddress = new Uri(rain.Address),
        };
        using var question = new HttpRequestMessage(HttpMethod.Post, "/api/rain-over") { Content = content };
        question.Headers.ExpectContinue = true;
        using var answer = await client.SendAsync(question, _cancellation);

        await CheckAsync(answer, 413, "");
    }

    private async Task CheckAsync(HttpResponseMessage answer, int status, string words)
    {
        Assert.Equal((HttpStatusCode)status, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        using var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(_cancellation));
        var detail = problem.RootElement.GetProperty("detail").GetString()!;
        Assert.Contains(words, detail, StringComparison.Ordinal);
        Assert.InRange(detail.Length, 10, 400);
        Assert.DoesNotContain("Exception", detail, StringComparison.Ordinal);
    }
}
