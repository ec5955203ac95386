using System.Text;

namespace ConvLstm.Nowcast.Jobs.Settings;

/// <summary>The settings as people read them.</summary>
internal static class SettingsDocument
{
    /// <summary><c>ops/docs/settings.md</c>.</summary>
    internal static string Markdown(IEnumerable<SettingDescription> settings)
    {
        var text = new StringBuilder(
            """
            # Settings

            In `appsettings.json` beside the program, then in the file that `NOWCAST_CONFIG` names, then variables, then flags: the later wins. `{"Retrain": {"Days": 7}}` is
            `NOWCAST_RETRAIN__DAYS=7`; of a list, `__0`, `__1` … Crons have five fields as in crontab(5), in UTC. Made by `ops/nowcast settings --as markdown`.

            | variable | type | default | what for |
            |---|---|---|---|

            """);
        foreach (var setting in settings)
            text.Append($"| `{setting.Variable}` | {setting.Type.Replace("|", "or", StringComparison.Ordinal)} | `{setting.Default}` | "
                + $"{setting.Meaning.Replace("|", "\\|", StringComparison.Ordinal)} |\n");
        return text.ToString();
    }

    /// <summary>An <c>appsettings.json</c> that changes nothing: every setting is there with its default, in a comment.</summary>
    internal static string Commented(IEnumerable<SettingDescription> settings)
    {
        var text = new StringBuilder(
            "// Every setting with its default. Take away the // before a line to change it; the comma at its end may stay.\n{\n");
        foreach (var section in settings.GroupBy(s => s.Path.Count > 1 ? s.Path[0] : null))
        {
            var indent = section.Key is null ? "  " : "    ";
            if (section.Key is not null)
                text.Append($"  \"{section.Key}\": {{\n");
            foreach (var setting in section)
                text.Append($"{indent}// {setting.Meaning} ({setting.Type})\n{indent}// \"{setting.Path[^1]}\": {setting.Default},\n");
            if (section.Key is not null)
                text.Append("  },\n");
        }
        return text.Append("}\n").ToString();
    }
}
