using System.CommandLine;
using System.Net.Sockets;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Jobs.Web;
using ConvLstm.Nowcast.Storage;

namespace ConvLstm.Nowcast.Jobs.Commands;

/// <summary><c>nowcast serve</c>: the web service until it is stopped.</summary>
internal static class ServeCommand
{
    internal static Command Create(Terminal terminal)
    {
        var urls = new Option<string?>("--urls") { Description = "Where to listen (setting NOWCAST_URLS)." };
        var command = new Command("serve", "Serve the map, the quality page and the API.") { urls };
        command.SetAction((parsed, cancellation) => OpenDatabase.RunAsync(
            (database, settings) => RunAsync(terminal, database, parsed.GetValue(urls) ?? settings.Urls, cancellation), cancellation));
        return command;
    }

    internal static async Task<int> RunAsync(Terminal terminal, NowcastDatabase database, string urls, CancellationToken cancellation)
    {
        await using var service = WebService.Build(database, urls);
        try
        {
            await service.StartAsync(cancellation);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            throw new ReportedException($"{urls} cannot be listened on ({e.Message}): choose another address with --urls.", e);
        }
        terminal.Line($"serving at {string.Join(", ", service.Urls)}; Ctrl-C ends it");
        await service.WaitForShutdownAsync(cancellation);
        return CommandLine.Done;
    }
}
