using System.CommandLine;
using System.Text.Json;
using ConvLstm.Nowcast.Jobs.Settings;

namespace ConvLstm.Nowcast.Jobs.Commands;

/// <summary><c>nowcast settings</c>: every setting with type, default and meaning.</summary>
internal static class SettingsCommand
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    internal static Command Create(Terminal terminal)
    {
        var form = Flags.Choice("--as", "How", "text", ["text", "json", "markdown", "appsettings"]);
        var command = new Command("settings", "Show every setting: its variable, type, default, and what it is for.") { form };
        command.SetAction(parsed =>
        {
            var settings = SettingDescription.All();
            terminal.Out.Write(parsed.GetValue(form) switch
            {
                "json" => JsonSerializer.Serialize(settings.Select(s => new
                {
                    variable = s.Variable, path = s.Path, type = s.Type,
                    @default = s.Default, meaning = s.Meaning
                }), Indented) + "\n",
                "markdown" => SettingsDocument.Markdown(settings),
                "appsettings" => SettingsDocument.Commented(settings),
                _ => string.Concat(settings.Select(s => $"{s.Variable}={s.Default}\n    {s.Meaning} ({s.Type})\n")),
            });
            return CommandLine.Done;
        });
        return command;
    }
}
