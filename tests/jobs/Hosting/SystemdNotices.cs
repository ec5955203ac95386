using System.Net.Sockets;
using System.Text;
using ConvLstm.Nowcast.Tests.Jobs.Commands;
using ConvLstm.Nowcast.Tests.Storage;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Jobs.Hosting;

/// <summary>The service as systemd starts it, Type=notify with a watchdog: the socket is real, systemd's side is the test.</summary>
public sealed class SystemdNotices(TestDatabase test) : IClassFixture<TestDatabase>
{
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("scheduler,web")]
    [InlineData("ingest")]
    public async Task ItIsToldReadyThenAliveThenStopping(string roles)
    {
        using var folder = new TemporaryFolder();
        using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(folder.File("notify")));
        var cli = Cli.In(folder, test.ConnectionString).With("NOTIFY_SOCKET", folder.File("notify")).With("WATCHDOG_USEC", "400000");
        using var service = cli.Start("serve", "--roles", roles, "--urls", "http://127.0.0.1:0");

        await HearAsync(socket, "READY=1");
        for (var i = 0; i < 3; i++)
            await HearAsync(socket, "WATCHDOG=1");
        using (var kill = System.Diagnostics.Process.Start("kill", ["-TERM", $"{service.Id}"]))
            await kill.WaitForExitAsync(_cancellation);
        await HearAsync(socket, "STOPPING=1");
        Assert.Equal(0, (await Cli.EndOfAsync(service)).ExitCode);
    }

    private async Task HearAsync(Socket socket, string wanted)
    {
        var buffer = new byte[1024];
        for (var said = ""; said.Trim() != wanted;)
            said = Encoding.UTF8.GetString(buffer, 0,
                await socket.ReceiveAsync(buffer, _cancellation).AsTask().WaitAsync(TimeSpan.FromMinutes(2), _cancellation));
    }
}
