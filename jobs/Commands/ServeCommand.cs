using System.CommandLine;
using System.Net.Sockets;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Jobs.Hosting;
using ConvLstm.Nowcast.Jobs.Settings;
using ConvLstm.Nowcast.Jobs.Web;
using ConvLstm.Nowcast.Jobs.Web.Access;
using ConvLstm.Nowcast.Storage;

namespace ConvLstm.Nowcast.Jobs.Commands;

/// <summary><c>nowcast serve</c>: the schedule and the web service until it is stopped; several of them share the work.</summary>
internal static class ServeCommand
{
    internal static Command Create(Terminal terminal)
    {
        var urls = new Option<string?>("--urls") { Description = "Where to listen (setting NOWCAST_URLS)." };
        var roles = new Option<string?>("--roles")
        {
            Description = $"What this server does, with commas: {string.Join(", ", Roles.All)} (setting NOWCAST_ROLES); all where not "
                + "given.",
        };
        var command = new Command("serve", "Run the schedule; serve the map, the quality page, the API and the dashboard.") { urls, roles };
        command.SetAction((parsed, cancellation) => OpenDatabase.RunAsync(
            (database, settings) => RunAsync(
                terminal, database, settings with { Urls = parsed.GetValue(urls) ?? settings.Urls },
                Roles.Parse(parsed.GetValue(roles) ?? settings.Roles), cancellation),
            cancellation));
        return command;
    }

    /// <summary>The web service alone.</summary>
    internal static Task<int> RunAsync(Terminal terminal, NowcastDatabase database, string urls, CancellationToken cancellation) =>
        RunAsync(terminal, database, NowcastSettings.Load() with { Urls = urls }, [Roles.Web], cancellation);

    private static async Task<int> RunAsync(
        Terminal terminal, NowcastDatabase database, NowcastSettings settings, IReadOnlyList<string> roles, CancellationToken cancellation)
    {
        await HangfireTables.InstallAsync(database, cancellation);
        var options = new ServiceOptions { Settings = settings, Roles = roles, Jobs = JobCatalog.Of(settings) };
        if (!options.IsWeb)
            return await WorkAsync(terminal, database, options, cancellation);
        await using var web = WebService.Build(database, settings.Urls, settings, services => services.AddJobs(database, options));
        try
        {
            await web.StartAsync(cancellation);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            throw new ReportedException($"{settings.Urls} cannot be listened on ({e.Message}): choose another address with --urls.", e);
        }
        terminal.Line($"serving at {string.Join(", ", web.Urls)}; Ctrl-C ends it");
        // Without credentials this address is the only key, for who started the service.
        if (web.Services.GetRequiredService<StartToken>() is { IsInUse: true } token
            && web.Urls.FirstOrDefault(u => !u.Contains("://unix:", StringComparison.Ordinal)) is { } url)
            terminal.Line($"dashboard: {token.Address(url, "/hangfire")}");
        await web.WaitForShutdownAsync(cancellation);
        return CommandLine.Done;
    }

    /// <summary>A server without a web page.</summary>
    private static async Task<int> WorkAsync(Terminal terminal, NowcastDatabase database, ServiceOptions options,
        CancellationToken cancellation)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        // OpenTelemetry reads its OTEL_… settings from here.
        builder.Configuration.AddEnvironmentVariables();
        ServiceLog.Configure(builder.Logging, options.Settings.LogLevel);
        builder.Services.AddJobs(database, options);
        using var host = builder.Build();
        await host.StartAsync(cancellation);
        terminal.Line($"working as {string.Join(", ", options.Roles)}; Ctrl-C ends it");
        await host.WaitForShutdownAsync(cancellation);
        return CommandLine.Done;
    }
}
