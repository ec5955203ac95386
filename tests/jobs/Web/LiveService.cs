using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ConvLstm.Nowcast.Jobs.Settings;
using ConvLstm.Nowcast.Jobs.Web;
using ConvLstm.Nowcast.Jobs.Web.Api;
using ConvLstm.Nowcast.Storage.Queries;
using ConvLstm.Nowcast.Tests.Storage;
using Microsoft.AspNetCore.Builder;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Jobs.Web;

/// <summary>What changes while the service runs, and what it refuses when it is asked too much.</summary>
public sealed class LiveService(TestDatabase test) : IClassFixture<TestDatabase>
{
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task ANewRunIsToldAndAnsweredAtOnceByTheService()
    {
        var grid = Tests.Storage.Sample.LonLatGrid();
        await using var service = await StartAsync(new NowcastSettings());
        using var client = new HttpClient { BaseAddress = new Uri(service.Urls.Single()) };
        using var stream = new StreamReader(await client.GetStreamAsync(new Uri("/api/events", UriKind.Relative), _cancellation));
        for (var run = 1; run <= 2; run++)
        {
            var issued = Tests.Storage.Sample.Noon.AddMinutes(5 * run);
            var forecast = Tests.Storage.Sample.Forecast(grid, issued, rate: _ => Tests.Storage.Sample.Even(grid, run));

            var published = await test.Database.Forecasts.PublishAsync(forecast, _cancellation);

            var news = await NewsAsync(stream, published.RunId);
            Assert.Equal((grid.Name, issued.UtcDateTime, "model"),
                (news.GetProperty("grid").GetString(), news.GetProperty("issueTime").GetDateTime(),
                    news.GetProperty("method").GetString()));
            // Who was told finds the run there.
            var rain = await client.GetFromJsonAsync<RainAnswer<RainAtPoint>>("/api/rain-at?lon=152.7&lat=-27.5", _cancellation);
            Assert.All(rain!.Leads, lead => Assert.Equal(run, lead.RainMmH));
        }
    }

    [Fact]
    public async Task WhoAsksTooOftenIsToldWhenToAskAgain()
    {
        await using var service = await StartAsync(new NowcastSettings { RequestsPerSecond = 2 });
        using var client = new HttpClient { BaseAddress = new Uri(service.Urls.Single()) };
        var refused = new List<HttpResponseMessage>();
        for (var i = 0; i < 40; i++)
        {
            var answer = await client.GetAsync(new Uri("/api/grids", UriKind.Relative), _cancellation);
            if (answer.StatusCode == HttpStatusCode.TooManyRequests)
                refused.Add(answer);
        }

        Assert.NotEmpty(refused);
        Assert.All(refused, answer => Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType));
        Assert.All(refused, answer => Assert.NotNull(answer.Headers.RetryAfter));
        refused.ForEach(answer => answer.Dispose());
    }

    [Theory]
    [InlineData("/api/point?lon=1,0&lat=5,2")]
    [InlineData("/api/rain-at?lon=152.7&lat=-27,5")]
    [InlineData("/api/rain-at?lon=1,520&lat=-27.5")]
    public async Task ANumberWithACommaIsRefused(string question)
    {
        await using var service = await StartAsync(new NowcastSettings());
        using var client = new HttpClient { BaseAddress = new Uri(service.Urls.Single()) };
        using var answer = await client.GetAsync(new Uri(question, UriKind.Relative), _cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("decimals have a point", await answer.Content.ReadAsStringAsync(_cancellation), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "https://maps.example", null)]
    [InlineData("https://maps.example, https://other.example", "https://maps.example", "https://maps.example")]
    [InlineData("https://maps.example", "https://evil.example", null)]
    public async Task PagesOfOtherHostsReadTheApiOnlyWhereThatIsSet(string? origins, string origin, string? allowed)
    {
        await using var service = await StartAsync(new NowcastSettings { CorsOrigins = origins });
        using var client = new HttpClient { BaseAddress = new Uri(service.Urls.Single()) };
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/grids");
        request.Headers.Add("Origin", origin);

        using var answer = await client.SendAsync(request, _cancellation);

        Assert.Equal(allowed, answer.Headers.TryGetValues("Access-Control-Allow-Origin", out var values) ? values.Single() : null);
    }

    private async Task<WebApplication> StartAsync(NowcastSettings settings)
    {
        var service = WebService.Build(test.Database, "http://127.0.0.1:0", settings);
        await service.StartAsync(_cancellation);
        return service;
    }

    /// <summary>The event that tells of a run; others may come before it.</summary>
    private async Task<JsonElement> NewsAsync(StreamReader stream, long run)
    {
        while (await stream.ReadLineAsync(_cancellation) is { } line)
        {
            if (!line.StartsWith("data: {", StringComparison.Ordinal))
                continue;
            var news = JsonDocument.Parse(line["data: ".Length..]).RootElement;
            if (news.GetProperty("runId").Deserialize<long?>() == run)
                return news;
        }
        throw new InvalidOperationException("The stream ended.");
    }
}
