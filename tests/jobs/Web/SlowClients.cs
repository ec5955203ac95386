using System.Net;
using System.Net.Sockets;
using System.Text;
using ConvLstm.Nowcast.Jobs.Web.Cache;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Jobs.Web;

/// <summary>Who is slow, or greedy, is so at his own cost.</summary>
public sealed class SlowClients(ServedRain rain) : IClassFixture<ServedRain>
{
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task BodiesThatNeverComeKeepNobodyFromAskingAboutAnArea()
    {
        var address = new Uri(rain.Address);
        var slow = new List<TcpClient>();
        try
        {
            for (var i = 0; i < 2 * Math.Max(2, Environment.ProcessorCount); i++)
            {
                var client = new TcpClient();
                slow.Add(client);
                await client.ConnectAsync(address.Host, address.Port, _cancellation);
                await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
                    $"POST /api/rain-over HTTP/1.1\r\nHost: {address.Authority}\r\nContent-Type: application/json\r\nContent-Length: "
                        + $"5000\r\n\r\n{{\"type\":"), _cancellation);
            }

            using var answer = await rain.Client.GetAsync("/api/rain-over?bbox=9.8,51.9,10.2,52.1", _cancellation);

            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.All(slow, client => Assert.Equal(0, client.Available));
        }
        finally
        {
            slow.ForEach(client => client.Dispose());
        }
    }

    [Fact]
    public async Task OneAddressTakesNotAllPlacesOfThoseWhoListen()
    {
        var open = new List<HttpResponseMessage>();
        try
        {
            // A listener counts from its first event on, a moment after its headers.
            do
                open.Add(await rain.Client.GetAsync("/api/events", HttpCompletionOption.ResponseHeadersRead, _cancellation));
            while (open[^1].StatusCode == HttpStatusCode.OK && open.Count < 2 * RunEvents.MostOfOneAddress);

            Assert.InRange(open.Count, RunEvents.MostOfOneAddress + 1, RunEvents.MostOfOneAddress + 10);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, open[^1].StatusCode);
            Assert.Contains($"{RunEvents.MostOfOneAddress} from this address", await open[^1].Content.ReadAsStringAsync(_cancellation),
                StringComparison.Ordinal);
        }
        finally
        {
            open.ForEach(stream => stream.Dispose());
        }
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/metrics")]
    [InlineData("/healthz/live")]
    [InlineData("/api/grids")]
    [InlineData("/api/nothing")]
    [InlineData("/api/rain-over")]
    [InlineData("/openapi/v1.json")]
    public async Task EveryAnswerIsWhatItSays(string path)
    {
        using var answer = await rain.Client.GetAsync(path, _cancellation);

        Assert.Equal(["nosniff"], answer.Headers.GetValues("X-Content-Type-Options"));
    }
}
