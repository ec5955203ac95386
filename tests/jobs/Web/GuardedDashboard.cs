using System.Net;
using System.Net.Sockets;
using System.Text;
using ConvLstm.Nowcast.Jobs.Hosting;
using ConvLstm.Nowcast.Jobs.Settings;
using ConvLstm.Nowcast.Jobs.Web;
using ConvLstm.Nowcast.Jobs.Web.Access;
using ConvLstm.Nowcast.Tests.Jobs.Hosting;
using ConvLstm.Nowcast.Tests.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Jobs.Web;

/// <summary>Who gets in to the jobs and the models, and who does not.</summary>
public sealed class GuardedDashboard(TestDatabase test) : IClassFixture<TestDatabase>, IDisposable
{
    private const string Change = "/hangfire/models/rollback";
    private static readonly DashboardSettings Guarded = new()
    {
        User = "operator", Password = "a: long one", ViewerUser = "guest", ViewerPassword = "look only",
    };

    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;
    private readonly HttpClient _client = new(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false });

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task WithoutCredentialsOnlyTheTokenOfTheStartOpensIt()
    {
        await using var web = await StartAsync(new());
        var token = web.Services.GetRequiredService<StartToken>();

        // Even from this machine, by any name: a proxy on it would ask like this for everybody.
        Assert.Equal(HttpStatusCode.Forbidden, await AskAsync(web));
        Assert.Equal(HttpStatusCode.Forbidden, await AskAsync(web, path: Change, method: HttpMethod.Post));
        Assert.Equal(HttpStatusCode.Forbidden, await AskAsync(web, r => r.Headers.Authorization = new("Bearer", "guessed")));
        Assert.Equal(HttpStatusCode.Forbidden, await AskAsync(web, r => r.Headers.Add(AccessRules.ProxyHeader, "")));
        using var opened = await _client.GetAsync(token.Address(web.Urls.Single(), "/hangfire"), _cancellation);
        Assert.Equal((HttpStatusCode.Redirect, "/hangfire"), (opened.StatusCode, opened.Headers.Location?.ToString()));
        var cookie = opened.Headers.GetValues("Set-Cookie").Single();
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(HttpStatusCode.OK, await AskAsync(web, r => r.Headers.Add("Cookie", cookie.Split(';')[0])));
        Assert.Equal(HttpStatusCode.OK,
            await AskAsync(web, r => r.Headers.Authorization = new("Bearer", token.Address("", "").Split('=')[1])));
        // From a form of another site: the browser sends the cookie along, but no token of ours.
        Assert.Equal(HttpStatusCode.Forbidden,
            await AskAsync(web, r => r.Headers.Add("Cookie", cookie.Split(';')[0]), Change, HttpMethod.Post));
    }

    [Fact]
    public async Task WithCredentialsEachSeesAndChangesWhatItsNameMay()
    {
        await using var web = await StartAsync(Guarded);

        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(web));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(web, Basic("operator:wrong")));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(web, Basic("operator:a: long one")));
        Assert.Equal(HttpStatusCode.NoContent, await SendFormAsync(web, Basic("operator:a: long one")));
        Assert.Equal(HttpStatusCode.Forbidden, await AskAsync(web, Basic("operator:a: long one"), Change, HttpMethod.Post));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(web, Basic("guest:look only")));
        Assert.Equal(HttpStatusCode.Forbidden, await SendFormAsync(web, Basic("guest:look only")));
        // There is no token where there are credentials.
        Assert.Equal(HttpStatusCode.Unauthorized,
            await AskAsync(web, path: web.Services.GetRequiredService<StartToken>().Address("", "/hangfire")));
    }

    [Fact]
    public async Task APublicDashboardIsSeenByAllAndChangedByOperators()
    {
        await using var web = await StartAsync(Guarded with { Public = true });

        Assert.Equal(HttpStatusCode.OK, await AskAsync(web));
        Assert.Equal(HttpStatusCode.Forbidden, await SendFormAsync(web));
        Assert.Equal(HttpStatusCode.NoContent, await SendFormAsync(web, Basic("operator:a: long one")));
        Assert.Equal(HttpStatusCode.Forbidden, await AskAsync(web, Basic("operator:a: long one"), Change, HttpMethod.Post));
    }

    [Fact]
    public async Task WhoGuessesPasswordsIsSoonNotListenedTo()
    {
        await using var web = await StartAsync(Guarded);
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(web, Basic("operator:guess")));
        var guesses = 1;
        while (await AskAsync(web, Basic($"operator:guess {guesses}")) != HttpStatusCode.TooManyRequests)
            Assert.InRange(++guesses, 1, 30);

        // Else the right one could still be found by trying on.
        Assert.Equal(HttpStatusCode.TooManyRequests, await AskAsync(web, Basic("operator:a: long one")));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(web));
    }

    [Fact, System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public async Task AUnixSocketIsForTheUserOfTheServiceAndNeedsNoSecret()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "web.sock");
        // As a killed service leaves it.
        using (var left = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            left.Bind(new UnixDomainSocketEndPoint(path));
            File.Move(path, path + ".moved");
        }
        File.Move(path + ".moved", path);
        await using var web = await StartAsync(Guarded, $"http://unix:{path}");
        using var client = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, c) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), c);
                return new NetworkStream(socket, ownsSocket: true);
            },
        });

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        using var answer = await client.GetAsync(new Uri("http://localhost/jobs"), _cancellation);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public void HalfOfAPairOrAShortSecretIsRefusedAtTheStart()
    {
        Refused(new() { User = "operator" }, "PASSWORD");
        Refused(new() { ViewerUser = "guest", ViewerPassword = "look only" }, "NOWCAST_DASHBOARD__USER");
        Refused(new() { ProxySecret = "short" }, "16 or more");
        Assert.Empty(Guarded.Problems());

        static void Refused(DashboardSettings settings, string words) =>
            Assert.Contains(words, Assert.Single(settings.Problems()), StringComparison.Ordinal);
    }

    private async Task<WebApplication> StartAsync(DashboardSettings dashboard, string url = "http://127.0.0.1:0")
    {
        var settings = new NowcastSettings { Dashboard = dashboard };
        await HangfireTables.InstallAsync(test.Database, _cancellation);
        var web = WebService.Build(test.Database, url, settings,
            services => Server.Add(services, test.Database, [], settings, [Roles.Web]));
        await web.StartAsync(_cancellation);
        return web;
    }

    private async Task<HttpStatusCode> AskAsync(WebApplication web, Action<HttpRequestMessage>? change = null, string path = "/hangfire",
        HttpMethod? method = null)
    {
        using var request = new HttpRequestMessage(method ?? HttpMethod.Get, web.Urls.Single() + path);
        change?.Invoke(request);
        using var answer = await _client.SendAsync(request, _cancellation);
        return answer.StatusCode;
    }

    /// <summary>As the dashboard's own script sends it: with the token of the page, and the cookie that goes with it.</summary>
    private async Task<HttpStatusCode> SendFormAsync(WebApplication web, Action<HttpRequestMessage>? credentials = null)
    {
        foreach (var version in new[] { "rain-1", "rain-2" })
            await test.Database.Models.ImportAsync(version, "lagrangian", Encoding.UTF8.GetBytes(version), "{}", "{}", _cancellation);
        await test.Database.Models.PromoteAsync("rain-1", "test", _cancellation);
        using var ask = new HttpRequestMessage(HttpMethod.Get, web.Urls.Single() + "/hangfire/models");
        credentials?.Invoke(ask);
        using var page = await _client.SendAsync(ask, _cancellation);
        var text = await page.Content.ReadAsStringAsync(_cancellation);
        using var send = new HttpRequestMessage(HttpMethod.Post, web.Urls.Single() + Change);
        credentials?.Invoke(send);
        send.Headers.Add("Cookie",
            page.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith("nowcast-forms", StringComparison.Ordinal)).Split(';')[0]);
        send.Headers.Add(Meta("csrf-header"), Meta("csrf-token"));
        using var answer = await _client.SendAsync(send, _cancellation);
        return answer.StatusCode;

        string Meta(string name) => text.Split($"<meta name=\"{name}\" content=\"")[1].Split('"')[0];
    }

    private static Action<HttpRequestMessage> Basic(string credentials) =>
        request => request.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials)));
}
