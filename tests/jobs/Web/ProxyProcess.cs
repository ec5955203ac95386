using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ConvLstm.Nowcast.Tests.Jobs.Web;

/// <summary>A real proxy on a free port of this machine, gone with its folder when the test ends.</summary>
internal sealed class ProxyProcess : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private Process? _process;

    private ProxyProcess(string scheme) => Address = $"{scheme}://127.0.0.1:{Port}";

    internal string Address { get; }

    private int Port { get; } = FreePort();

    /// <param name="server">The block <c>server</c>, for a port.</param>
    /// <param name="cancellation">Stops the wait until it listens.</param>
    /// <param name="scheme">http or https.</param>
    internal static Task<ProxyProcess> NginxAsync(Func<int, string> server, CancellationToken cancellation, string scheme = "http") =>
        StartAsync(
        scheme,
        (folder, port) => $$"""
            daemon off; pid {{folder}}/pid; error_log {{folder}}/error.log;
            events {}
            http { access_log off; client_body_temp_path {{folder}}/body; proxy_temp_path {{folder}}/proxy; {{server(port)}} }
            """,
        (folder, file) => new("/usr/sbin/nginx", ["-p", folder, "-c", file]), cancellation);

    /// <param name="site">The site, for a port.</param>
    /// <param name="cancellation">Stops the wait until it listens.</param>
    internal static Task<ProxyProcess> CaddyAsync(Func<int, string> site, CancellationToken cancellation) => StartAsync(
        "http", (_, port) => $"{{\n admin off\n}}\n{site(port)}\n",
        (folder, file) =>
            new("caddy", ["run", "--config", file, "--adapter", "caddyfile"]) { Environment = { ["HOME"] = folder } }, cancellation);

    internal static async Task<string> CaddyHashAsync(string password, CancellationToken cancellation)
    {
        using var caddy = Process.Start(
            new ProcessStartInfo("caddy", ["hash-password", "--plaintext", password]) { RedirectStandardOutput = true })!;
        var hash = await caddy.StandardOutput.ReadToEndAsync(cancellation);
        await caddy.WaitForExitAsync(cancellation);
        return hash.Trim();
    }

    /// <summary>The block of a language in operations.md.</summary>
    internal static string ExampleOf(string language)
    {
        var text = File.ReadAllText(RepositoryFolder.File("ops", "docs", "operations.md"));
        return text.Split($"```{language}\n")[1].Split("```")[0];
    }

    internal static void WriteCertificate(string certificateFile, string keyFile)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = new CertificateRequest("CN=rain.example.org", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        File.WriteAllText(certificateFile, certificate.ExportCertificatePem());
        File.WriteAllText(keyFile, key.ExportPkcs8PrivateKeyPem());
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync(CancellationToken.None);
            _process.Dispose();
        }
        _folder.Dispose();
    }

    private static async Task<ProxyProcess> StartAsync(
        string scheme, Func<string, int, string> configuration, Func<string, string, ProcessStartInfo> command,
            CancellationToken cancellation)
    {
        var proxy = new ProxyProcess(scheme);
        var file = proxy._folder.File("proxy.conf");
        await File.WriteAllTextAsync(file, configuration(proxy._folder.Path, proxy.Port), cancellation);
        var start = command(proxy._folder.Path, file);
        start.RedirectStandardError = true;
        proxy._process = Process.Start(start)!;
        var errors = proxy._process.StandardError.ReadToEndAsync(CancellationToken.None);
        while (!await ListensAsync(proxy.Port, cancellation))
        {
            if (proxy._process.HasExited)
                throw new InvalidOperationException($"{start.FileName} ended: {await errors}");
            await Task.Delay(50, cancellation);
        }
        return proxy;
    }

    private static async Task<bool> ListensAsync(int port, CancellationToken cancellation)
    {
        using var probe = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await probe.ConnectAsync(IPAddress.Loopback, port, cancellation);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
