using System.Net;
using System.Net.Sockets;
using ConvLstm.Nowcast.Ingest;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace ConvLstm.Nowcast.Jobs.Web.Access;

/// <summary>
/// Listening on a Unix socket, such as <c>http://unix:/run/nowcast/web.sock</c>: for the user that runs the service alone.
/// </summary>
internal static class UnixSocket
{
    internal static void Configure(SocketTransportOptions options) => options.CreateBoundListenSocket = Bind;

    private static Socket Bind(EndPoint endpoint)
    {
        if (endpoint is not UnixDomainSocketEndPoint unix)
            return SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
        var path = unix.ToString()!;
        RemoveIfDead(path, unix);
        var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
        // Nobody can connect before it listens, which it does after this.
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return socket;
    }

    /// <summary>A killed service leaves the file; one that answers is somebody's.</summary>
    private static void RemoveIfDead(string path, UnixDomainSocketEndPoint endpoint)
    {
        if (!File.Exists(path))
            return;
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(endpoint);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            // A file with something in it refuses too, and is none of ours to remove.
            if (new FileInfo(path).Length == 0)
            {
                File.Delete(path);
                return;
            }
        }
        throw new ReportedException($"{path} is in use: choose another address with --urls, or end the program that listens there.");
    }
}
