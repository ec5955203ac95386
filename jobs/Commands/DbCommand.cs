using System.CommandLine;
using System.Diagnostics;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Jobs.Settings;
using ConvLstm.Nowcast.Storage;
using Npgsql;

namespace ConvLstm.Nowcast.Jobs.Commands;

/// <summary><c>nowcast db migrate|status|psql|stop</c>: administration of the database.</summary>
internal static class DbCommand
{
    internal static Command Create(Terminal terminal)
    {
        var command = new Command("db", "Administer the database.");
        command.Add(Sub("migrate", "Bring the schema up to date.", async cancellation =>
        {
            await using var database = await NowcastDatabase.OpenAsync(NowcastSettings.Load().Db, cancellation);
            terminal.Line($"the schema of {Describe(database)} is up to date");
            return CommandLine.Done;
        }));
        command.Add(Sub("status", "Show the server, the migrations, the grids and their scans.", c => StatusAsync(terminal, c)));
        command.Add(Psql(terminal));
        command.Add(Sub("stop", "Stop the private cluster; the next command starts it again.", async cancellation =>
        {
            await using var database = await NowcastDatabase.OpenAsync(NowcastSettings.Load().Db, cancellation);
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
        var settings = new NpgsqlConnectionStringBuilder(database.DataSource.ConnectionString);
        return $"{settings.Database} at {settings.Host}{(database.Cluster is null ? "" : ", the private cluster")}";
    }

    private static async Task<int> StatusAsync(Terminal terminal, CancellationToken cancellation)
    {
        await using var database = await NowcastDatabase.OpenAsync(NowcastSettings.Load().Db, cancellation);
        terminal.Line($"database   {Describe(database)}");
        foreach (var migration in await Migrations.StatusAsync(database.DataSource, cancellation))
            terminal.Line($"migration  {migration.Number:000} {migration.Name}  {migration.AppliedAt?.UtcDateTime.ToString("yyyy-MM-dd HH:mm", null) ?? "not applied"}");
        foreach (var grid in await database.Grids.ListAsync(cancellation))
        {
            var run = await database.Queries.LatestRunAsync(grid.Grid.Name, null, cancellation);
            terminal.Line($"grid       {grid.Grid.Name}: {await database.Scans.CountAsync(grid.Grid.Name, cancellation)} scans, "
                + (run is null ? "no run" : $"newest run {run.IssueTime.UtcDateTime:yyyy-MM-dd HH:mm} UTC by {run.Method}"));
        }
        return CommandLine.Done;
    }

    private static Command Psql(Terminal terminal)
    {
        var sql = new Argument<string?>("SQL") { Description = "One statement; an interactive session where left out.", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("psql", "Ask the database with psql.") { sql };
        command.SetAction(async (parsed, cancellation) =>
        {
            await using var database = await NowcastDatabase.OpenAsync(NowcastSettings.Load().Db, cancellation);
            var settings = new NpgsqlConnectionStringBuilder(database.DataSource.ConnectionString);
            var start = new ProcessStartInfo("psql") { Environment = { ["PGPASSWORD"] = settings.Password } };
            foreach (var argument in new[] { "-h", settings.Host, "-p", settings.Port.ToString(null, null), "-U", settings.Username, "-d", settings.Database })
                start.ArgumentList.Add(argument!);
            if (parsed.GetValue(sql) is string statement)
            {
                start.ArgumentList.Add("-c");
                start.ArgumentList.Add(statement);
            }
            using var psql = Process.Start(start) ?? throw new ReportedException("psql could not be started: install postgresql-client.");
            await psql.WaitForExitAsync(cancellation);
            return psql.ExitCode == 0 ? CommandLine.Done : CommandLine.Failed;
        });
        return command;
    }

    private static Command Sub(string name, string description, Func<CancellationToken, Task<int>> work)
    {
        var command = new Command(name, description);
        command.SetAction((_, cancellation) => work(cancellation));
        return command;
    }
}
