using System.CommandLine;
using ConvLstm.Nowcast.Jobs.Demo;
using ConvLstm.Nowcast.Jobs.Feed;
using ConvLstm.Nowcast.Jobs.Settings;

namespace ConvLstm.Nowcast.Jobs.Commands;

/// <summary><c>nowcast demo</c>: the whole line on simulated rain, then the web service.</summary>
internal static class DemoCommand
{
    internal static Command Create(Terminal terminal, DecodedFiles files)
    {
        var exit = new Option<bool>("--exit") { Description = "Stop after the summary instead of serving." };
        var urls = new Option<string?>("--urls") { Description = "Where to listen (setting NOWCAST_URLS)." };
        var command = new Command("demo",
            "Show the whole line on simulated rain: simulate, ingest, train, forecast, publish, verify, ask, serve.") { exit, urls };
        command.SetAction(async (parsed, cancellation) =>
        {
            var folder = Directory.CreateTempSubdirectory("nowcast-demo-").FullName;
            try
            {
                await using var database = await DemoDatabase.CreateAsync(cancellation);
                return await OpenDatabase.ReportAsync(database, async () =>
                {
                    await new Demonstration(terminal, files, new DemoPlan(), TimeProvider.System).RunAsync(folder, database, cancellation);
                    terminal.Line($"Ask more: psql \"{PsqlAddress(database)}\"");
                    return parsed.GetValue(exit)
                        ? CommandLine.Done
                        : await ServeCommand.RunAsync(terminal, database, parsed.GetValue(urls) ?? NowcastSettings.Load().Urls,
                            cancellation);
                });
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        });
        return command;
    }

    private static string PsqlAddress(Storage.NowcastDatabase database)
    {
        var settings = new Npgsql.NpgsqlConnectionStringBuilder(database.ConnectionString);
        return $"host={settings.Host} user={settings.Username} dbname={settings.Database}";
    }
}
