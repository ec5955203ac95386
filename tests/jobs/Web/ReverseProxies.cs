using System.Net;
using System.Text;
using ConvLstm.Nowcast.Jobs.Hosting;
using ConvLstm.Nowcast.Jobs.Settings;
using ConvLstm.Nowcast.Jobs.Web;
using ConvLstm.Nowcast.Tests.Jobs.Hosting;
using ConvLstm.Nowcast.Tests.Storage;
using Microsoft.AspNetCore.Builder;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Jobs.Web;

/// <summary>The service behind real proxies, with the examples of operations.md as they stand there.</summary>
public sealed class ReverseProxies(TestDatabase test) : IClassFixture<TestDatabase>, IDisposable
{
    private const string Secret = "0123456789abcdef0123456789abcdef";
    private const string Password = "right one";
    private static readonly string[] Changes = ["/hangfire/recurring/trigger", "/hangfire/recurring/pause", "/hangfire/recurring/resume",
        "/hangfire/jobs/actions/delete/1", "/hangfire/models/rollback", "/hangfire/models/promote/rain-1"];

    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;
    private readonly HttpClient _client =
        new(new HttpClientHandler
        {
            ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator,
        });

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task NobodyChangesAnythingThroughAProxyThatOnlyHandsOn()
    {
        await using var web = await StartAsync(new());
        await using var nginx = await ProxyProcess.NginxAsync(port =>
            $$"""server { listen 127.0.0.1:{{port}}; location / { proxy_pass {{web.Urls.Single()}}; } }""", _cancellation);

        Assert.Equal(HttpStatusCode.OK, await AskAsync(nginx, "/healthz/live"));
        Assert.Equal(HttpStatusCode.Forbidden, await AskAsync(nginx, "/hangfire"));
        foreach (var change in Changes)
            Assert.Equal(HttpStatusCode.Forbidden, await AskAsync(nginx, change, r => r.Method = HttpMethod.Post));
    }

    [Fact]
    public async Task TheExampleForNginxLetsInWhomItKnows()
    {
        await using var web = await StartAsync(new() { ProxySecret = Secret });
        using var folder = new TemporaryFolder();
        ProxyProcess.WriteCertificate(folder.File("rain.crt"), folder.File("rain.key"));
        var passwords = Path.Combine("/tmp", $"nct-{Guid.NewGuid():N}.htpasswd");
        await File.WriteAllTextAsync(passwords, $"operator:{{PLAIN}}{Password}\n", _cancellation);
        try
        {
            await using var nginx = await ProxyProcess.NginxAsync(
                port => ProxyProcess.ExampleOf("nginx").Replace("listen 443 ssl", $"listen 127.0.0.1:{port} ssl", StringComparison.Ordinal)
                    .Replace("/etc/ssl", folder.Path, StringComparison.Ordinal)
                        .Replace("/etc/nginx/nowcast.htpasswd", passwords, StringComparison.Ordinal)
                    .Replace("SECRET", Secret, StringComparison.Ordinal)
                        .Replace("http://127.0.0.1:5080", web.Urls.Single(), StringComparison.Ordinal),
                _cancellation, "https");

            await CheckAsync(nginx);
        }
        finally
        {
            File.Delete(passwords);
        }
    }

    [Fact]
    public async Task TheExampleForCaddyLetsInWhomItKnows()
    {
        await using var web = await StartAsync(new() { ProxySecret = Secret });
        var hash = await ProxyProcess.CaddyHashAsync(Password, _cancellation);
        await using var caddy = await ProxyProcess.CaddyAsync(
            port => ProxyProcess.ExampleOf("caddy").Replace("rain.example.org", $"http://127.0.0.1:{port}", StringComparison.Ordinal)
                .Replace("NAME HASH", $"operator {hash}", StringComparison.Ordinal).Replace("SECRET", Secret, StringComparison.Ordinal)
                .Replace("127.0.0.1:5080", new Uri(web.Urls.Single()).Authority, StringComparison.Ordinal),
            _cancellation);

        await CheckAsync(caddy);
    }

    private async Task CheckAsync(ProxyProcess proxy)
    {
        Assert.Equal(HttpStatusCode.OK, await AskAsync(proxy, "/healthz/live"));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(proxy, "/hangfire"));
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(proxy, "/hangfire", Basic("wrong one")));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(proxy, "/hangfire", Basic(Password)));
        foreach (var change in Changes)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(proxy, change, r => r.Method = HttpMethod.Post));
            // Who knows the name of the header but is not known to the proxy.
            Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(proxy, change, r =>
            {
                r.Method = HttpMethod.Post;
                r.Headers.Add("X-Nowcast-Proxy-Secret", Secret);
            }));
        }
        // Past the part of the proxy that asks for a password, by an address that the service reads in the same way.
        foreach (var address in new[] { "//hangfire", "/%68angfire", "/HANGFIRE", "/x/../hangfire", "/hangfire%2f" })
            Assert.NotEqual(HttpStatusCode.OK, await AskAsync(proxy, address));
        // In by the proxy's password, but from a form that is not ours.
        Assert.Equal(HttpStatusCode.Forbidden,
            await AskAsync(proxy, Changes[^2], r => { r.Method = HttpMethod.Post; Basic(Password)(r); }));
    }

    private async Task<WebApplication> StartAsync(DashboardSettings dashboard)
    {
        var settings = new NowcastSettings { Dashboard = dashboard };
        await HangfireTables.InstallAsync(test.Database, _cancellation);
        var web = WebService.Build(test.Database, "http://127.0.0.1:0", settings,
            services => Server.Add(services, test.Database, [], settings, [Roles.Web]));
        await web.StartAsync(_cancellation);
        return web;
    }

    private async Task<HttpStatusCode> AskAsync(ProxyProcess proxy, string path, Action<HttpRequestMessage>? change = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get,
            new Uri(proxy.Address + path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        change?.Invoke(request);
        using var answer = await _client.SendAsync(request, _cancellation);
        return answer.StatusCode;
    }

    private static Action<HttpRequestMessage> Basic(string password) =>
        request => request.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"operator:{password}")));
}
