using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace ConvLstm.Nowcast.Jobs.Commands;

/// <summary>Lines to copy, at the end of the help of every verb.</summary>
internal static class Examples
{
    private static readonly Dictionary<string, string[]> Lines = new(StringComparer.Ordinal)
    {
        [""] = ["nowcast demo", "nowcast ingest radar/*.h5 && nowcast run", "nowcast serve"],
        ["demo"] = ["nowcast demo --exit"],
        ["inspect"] = ["nowcast inspect radar.h5", "nowcast inspect radar/*.nc --json | jq '.[].grid'"],
        ["simulate"] = ["nowcast simulate --out scans --scenario mixed --frames 36"],
        ["ingest"] = ["nowcast ingest radar/2024", "nowcast ingest --watch incoming"],
        ["train"] = ["nowcast train --data radar --minutes 60 --out model.safetensors",
            "nowcast train --data radar --minutes 60 --out model.safetensors --resume"],
        ["forecast"] = ["nowcast forecast --data radar --out forecast.nc",
            "nowcast forecast --data radar --method steps --members 20 --out forecast.nc"],
        ["evaluate"] = ["nowcast evaluate --data radar --methods extrapolation persistence --json scores.json"],
        ["study"] = ["nowcast study --help"],
        ["tune"] = ["nowcast tune --help"],
        ["plot"] = ["nowcast plot forecast.nc --observed radar --out forecast.png", "nowcast plot radar.h5 --out rain.gif"],
        ["hindcast"] = ["nowcast ingest radar/2010 && nowcast hindcast --from 2010-08-26T04:00Z --to 2010-08-26T06:00Z --every 3"],
        ["run"] = ["nowcast run --feed incoming"],
        ["serve"] = ["nowcast serve --urls http://0.0.0.0:5080", "nowcast serve --roles web"],
        ["db"] = ["nowcast db status"],
        ["db migrate"] = ["NOWCAST_DB=postgresql://owner@db/nowcast nowcast db migrate"],
        ["db status"] = ["nowcast db status --json"],
        ["db psql"] = ["nowcast db psql", "nowcast db psql 'SELECT * FROM nowcast.rain_at(5.1, 52.1)'"],
        ["db stop"] = ["nowcast db stop"],
        ["doctor"] = ["nowcast doctor", "nowcast doctor --json"],
        ["db backup"] = ["nowcast db backup /backups/nowcast-2024-06-01"],
        ["db restore"] = ["nowcast db restore /backups/nowcast-2024-06-01"],
        ["settings"] = ["nowcast settings", "nowcast settings --as appsettings > appsettings.json"],
        ["models"] = ["nowcast models list"],
        ["models list"] = ["nowcast models list --json"],
        ["models import"] = ["nowcast models import model.safetensors --promote"],
        ["models show"] = ["nowcast models show VERSION"],
        ["models promote"] = ["nowcast models promote VERSION"],
        ["models rollback"] = ["nowcast models rollback"],
        ["completion"] = ["nowcast completion bash > ~/.local/share/bash-completion/completions/nowcast",
            "nowcast completion zsh > ~/.zfunc/_nowcast"],
    };

    /// <summary>Has the help of the program and of all its verbs end with them.</summary>
    internal static void AddTo(RootCommand root)
    {
        foreach (var help in root.Options.OfType<HelpOption>())
            help.Action = new WithExamples((SynchronousCommandLineAction)help.Action!);
    }

    private static string[] Of(Command command)
    {
        for (var at = command; at is not null; at = at.Parents.OfType<Command>().FirstOrDefault())
        {
            if (Lines.TryGetValue(PathOf(at), out var lines))
                return lines;
        }
        return [];
    }

    private static string PathOf(Command command) => command is RootCommand ? ""
        : $"{(command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? PathOf(parent) : "")} {command.Name}".Trim();

    private sealed class WithExamples(SynchronousCommandLineAction help) : SynchronousCommandLineAction
    {
        /// <summary>Who asks for help need not have written the rest of the line yet.</summary>
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            var status = help.Invoke(parseResult);
            var output = parseResult.InvocationConfiguration.Output;
            output.WriteLine("Examples:");
            foreach (var line in Of(parseResult.CommandResult.Command))
                output.WriteLine($"  {line}");
            output.WriteLine();
            return status;
        }
    }
}
