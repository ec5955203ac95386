using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;

namespace ConvLstm.Nowcast.Tests.Storage;

/// <summary>ops/docs/sql.md, and psql to ask what stands in it.</summary>
internal static partial class SqlDocument
{
    internal static string File
    {
        get
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (folder is not null && !System.IO.File.Exists(Path.Combine(folder.FullName, "ConvLstm.Nowcast.sln")))
                folder = folder.Parent;
            return Path.Combine(folder!.FullName, "ops", "docs", "sql.md");
        }
    }

    /// <summary>Its examples: "sql" is asked, "answer" is shown.</summary>
    internal static MatchCollection Blocks(string text) => Block().Matches(text);

    internal static string WithoutSpaces(string text) => Spaces().Replace(text, " ");

    /// <summary>What a reader at a terminal is answered; errors too.</summary>
    internal static async Task<string> AskAsync(string connectionString, string sql, CancellationToken cancellation)
    {
        var at = new NpgsqlConnectionStringBuilder(connectionString);
        var start = new ProcessStartInfo(
            "psql", ["-Xq", "-P", "pager=off", "-P", "footer=off", "-P", "null=∅", "-h", at.Host!, "-p",
                at.Port.ToString(CultureInfo.InvariantCulture), "-U", "nowcast_reader", "-f", "-", at.Database!])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment["PGTZ"] = "UTC";
        using var psql = Process.Start(start)!;
        var error = psql.StandardError.ReadToEndAsync(cancellation);
        await psql.StandardInput.WriteAsync(sql.AsMemory(), cancellation);
        psql.StandardInput.Close();
        var output = await psql.StandardOutput.ReadToEndAsync(cancellation);
        await psql.WaitForExitAsync(cancellation);
        return output + await error;
    }

    [GeneratedRegex("```sql\n(?<sql>.*?)```\n(\n```text\n(?<answer>.*?)```\n)?", RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex("[ \n]+|-+")]
    private static partial Regex Spaces();
}
