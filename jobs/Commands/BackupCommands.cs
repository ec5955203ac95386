using System.CommandLine;
using ConvLstm.Nowcast.Jobs.Settings;
using ConvLstm.Nowcast.Storage.Backup;

namespace ConvLstm.Nowcast.Jobs.Commands;

/// <summary><c>nowcast db backup</c> and <c>nowcast db restore</c>.</summary>
internal static class BackupCommands
{
    internal static Command Backup(Terminal terminal)
    {
        var folder = new Argument<string>("FOLDER") { Description = "Where it goes; a folder of an earlier backup is brought up to date." };
        var command = new Command("backup", "Back the database up into a folder; days that have not changed since are not read again.")
        {
            folder,
        };
        command.SetAction((parsed, cancellation) => OpenDatabase.RunAsync(
            async (database, _) =>
            {
                var outcome = await new DatabaseBackup(database).RunAsync(Path.GetFullPath(parsed.GetValue(folder)!), cancellation);
                terminal.Line($"{DbCommand.Describe(database)} is in {parsed.GetValue(folder)}: pixels of {outcome.DaysWritten} days "
                    + $"written, {outcome.DaysKept} were there already");
                return CommandLine.Done;
            },
            cancellation));
        return command;
    }

    internal static Command Restore(Terminal terminal)
    {
        var folder = new Argument<string>("FOLDER") { Description = "What 'nowcast db backup' wrote." };
        var command = new Command("restore", "Bring a backup into a new, empty database: that of NOWCAST_DB, or a new private cluster.")
        {
            folder,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var days = await DatabaseRestore.RunAsync(Path.GetFullPath(parsed.GetValue(folder)!), NowcastSettings.Load().Db, cancellation);
            terminal.Line($"restored, pixels of {days} days");
            return CommandLine.Done;
        });
        return command;
    }
}
