using System.CommandLine;
using System.Text.RegularExpressions;

namespace ConvLstm.Nowcast.Jobs.Commands;

/// <summary>The flags of what radar files do not say of themselves.</summary>
internal static partial class SourceFlags
{
    internal static Option<string[]> Profiles() => new("--source")
    {
        Description = "A source profile, or a folder of them: what files do not say of themselves (ops/docs/formats.md). May be given "
            + "again.",
    };

    /// <summary>A name as the database takes it.</summary>
    internal static Option<string?> Name(string flag, string description) => new(flag)
    {
        Description = description,
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (!Valid().IsMatch(text))
                result.AddError($"{flag} {text}: give letters, digits, '-' and '_', 30 at most.");
            return text;
        },
    };

    [GeneratedRegex("^[A-Za-z0-9_-]{1,30}$")]
    private static partial Regex Valid();
}
