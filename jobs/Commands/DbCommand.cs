using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Jobs.Hosting;
using ConvLstm.Nowcast.Storage;
using Npgsql;

namespace ConvLstm.Nowcast.Jobs.Commands;

/// <summary><c>nowcast db migrate|status|psql|stop</c>: administration of the database.</summary>
internal static class DbCommand
{
    internal const string PsqlName = "psql";

    internal static Command Create(Terminal terminal)
    {
        var command = new Command("db", "Administer the database.");
        command.Add(Sub("migrate", "Bring the schema up to date.", async (database, cancellation) =>
        {
            await HangfireTables.InstallAsync(database, cancellation);
            terminal.Line($"the schema of {Describe(database)} is up to date");
            return CommandLine.Done;
        }));
        var json = JsonOutput.Flag();
        var status = new Command("status", "Show the server, the migrations, the grids and their scans.") { json };
        status.SetAction((parsed, cancellation) =>
            OpenDatabase.RunAsync((database, _) => StatusAsync(terminal, database, parsed.GetValue(json), cancellation), cancellation));
        command.Add(status);
        command.Add(Psql());
        command.Add(BackupCommands.Backup(terminal));
        command.Add(BackupCommands.Restore(terminal));
        command.Add(Sub("stop", "Stop the private cluster; the next command starts it again.", async (database, cancellation) =>
        {
            if (database.Cluster is null)
                throw new ReportedException("NOWCAST_DB names a server that is not ours to stop: unset it to stop the private cluster.");
            NpgsqlConnection.ClearAllPools();
            await database.Cluster.StopAsync(cancellation);
            terminal.Line("stopped");
            return CommandLine.Done;
        }));
        return command;
    }

    internal static string Describe(NowcastDatabase database)
    {
        var settings = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        return $"{settings.Database} at {settings.Host}{(database.Cluster is null ? "" : ", the private cluster")}";
    }

    private static async Task<int> StatusAsync(Terminal terminal, NowcastDatabase database, bool json, CancellationToken cancellation)
    {
        var migrations = await Migrations.StatusAsync(database.DataSource, cancellation);
        var readers = await database.Readers.MissingAsync(cancellation);
        var grids = new List<GridStatus>();
        foreach (var grid in await database.Grids.ListAsync(cancellation))
        {
            var run = await database.Queries.LatestRunAsync(grid.Grid.Name, null, cancellation);
            grids.Add(new(grid.Grid.Name, await database.Scans.CountAsync(grid.Grid.Name, cancellation), run?.IssueTime.UtcDateTime,
                run?.Method));
        }
        if (json)
        {
            JsonOutput.Write(terminal, new { database = Describe(database), migrations, missingRightsOfReader = readers, grids });
            return CommandLine.Done;
        }
        terminal.Line($"database   {Describe(database)}");
        foreach (var migration in migrations)
            terminal.Line($"migration  {migration.Number:000} {migration.Name}  "
                + $"{migration.AppliedAt?.UtcDateTime.ToString("yyyy-MM-dd HH:mm", null) ?? "not applied"}");
        foreach (var missing in readers)
            terminal.Line($"reader     nowcast_reader {missing}");
        foreach (var grid in grids)
            terminal.Line($"grid       {grid.Name}: {grid.Scans} scans, "
                + (grid.NewestRun is null ? "no run" : $"newest run {grid.NewestRun:yyyy-MM-dd HH:mm} UTC by {grid.Method}"));
        return CommandLine.Done;
    }

    private sealed record GridStatus(string Name, long Scans, DateTime? NewestRun, string? Method);

    private static Command Psql()
    {
        var sql = new Argument<string?>("SQL")
        {
            Description = "One statement; an interactive session where left out.", Arity = ArgumentArity.ZeroOrOne,
        };
        var command = new Command(PsqlName, "Ask the database with psql.") { sql };
        command.SetAction((parsed, cancellation) => OpenDatabase.RunAsync(
            (database, _) => PsqlAsync(new(database.ConnectionString), parsed.GetValue(sql)), cancellation));
        return command;
    }

    private static async Task<int> PsqlAsync(NpgsqlConnectionStringBuilder settings, string? statement)
    {
        (string Flag, string? Value)[] arguments =
            [("-h", settings.Host), ("-p", $"{settings.Port}"), ("-U", settings.Username), ("-d", settings.Database), ("-c", statement)];
        var start = new ProcessStartInfo("psql", arguments.Where(a => a.Value is not null).SelectMany(a => new[] { a.Flag, a.Value! }))
        {
            Environment = { ["PGPASSWORD"] = settings.Password },
        };
        // Ctrl-C is psql's: it stops a question there, not the session.
        using var ignored = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => signal.Cancel = true);
        try
        {
            using var psql = Process.Start(start)!;
            await psql.WaitForExitAsync();
            return psql.ExitCode == 0 ? CommandLine.Done : CommandLine.Failed;
        }
        catch (Win32Exception e)
        {
            throw new ReportedException("psql could not be started: install postgresql-client.", e);
        }
    }

    private static Command Sub(string name, string description, Func<NowcastDatabase, CancellationToken, Task<int>> work)
    {
        var command = new Command(name, description);
        command.SetAction((_, cancellation) => OpenDatabase.RunAsync((database, _) => work(database, cancellation), cancellation));
        return command;
    }
}
