using System.CommandLine;
using System.Runtime.InteropServices;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Jobs.Feed;
using ConvLstm.Nowcast.Jobs.Settings;
using ConvLstm.Nowcast.Model;

namespace ConvLstm.Nowcast.Jobs.Commands;

/// <summary>The command line of <c>nowcast</c>: finds the verb, runs it, turns what happens into an exit status.</summary>
internal static class CommandLine
{
    internal const int Done = 0;
    internal const int Failed = 1;
    internal const int WrongUsage = 2;

    /// <summary>What a command that is told to stop may take for the step at hand; after that the process ends.</summary>
    private static readonly TimeSpan TimeToStop = TimeSpan.FromSeconds(20);

    /// <summary>What a command that was stopped may still say.</summary>
    private static readonly TimeSpan TimeToSay = TimeSpan.FromSeconds(2);

    /// <summary>
    /// As many as threads may read at the same time, and never one alone, which a file that is kept open would hold; only what is needed
    /// is started.
    /// </summary>
    private static readonly int MostDecoders = Math.Clamp(Environment.ProcessorCount, 2, 8);

    // 128 and the number of the signal, as shells have it.
    private const int Terminated = 128 + 15;

    internal static async Task<int> RunAsync(IReadOnlyList<string> arguments, Terminal terminal)
    {
        using var files = new DecodedFiles(() => DecoderOptions.Of(NowcastSettings.Load().Decoder) with { Processes = MostDecoders });
        var root = new RootCommand(
            "Weather-radar nowcasting: radar files in, a trained ConvLSTM, rain maps in PostgreSQL, asked with SQL.");
        foreach (var verb in Verbs.All(terminal, files))
            root.Add(verb);
        Examples.AddTo(root);
        // Who types the name alone wants to know what there is.
        var parsed = root.Parse(arguments.Count == 0 ? ["--help"] : arguments);
        if (!parsed.CommandResult.Command.Hidden)
        {
            foreach (var name in SettingNames.Unknown(Environment.GetEnvironmentVariables()))
                terminal.Error($"{name} is no setting and is not read.{Spelling.DidYouMean(name, SettingNames.All)}");
        }
        if (parsed.Errors.Count > 0 && !IsDirective(arguments))
        {
            terminal.Error($"{WhatIsWrong(parsed)} See 'nowcast {Path(parsed)}--help'.");
            return WrongUsage;
        }
        try
        {
            var configuration = new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = HandlesSignals(parsed) ? null : TimeToStop,
                Output = terminal.Out,
            };
            // A call into a library, or a command that does not wait for anything, hears of no signal: then the process ends from here.
            using var end = HandlesSignals(parsed) ? null : PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => _ = EndAsync());
            return await parsed.InvokeAsync(configuration);
        }
        catch (SettingsException e)
        {
            foreach (var problem in e.Problems)
                Failure(problem);
            return Failed;
        }
        catch (ReportedException e)
        {
            return Failure(e.Message);
        }
        catch (OperationCanceledException)
        {
            return Failure("stopped before the end.");
        }
        catch (Exception e) when (TorchErrors.IsOutOfMemory(e))
        {
            return Failure($"the memory of the device is full ({FirstLine(e.Message)}): use smaller windows or batches, or another "
                + "--device.");
        }
        catch (Exception e) when (TorchErrors.IsTorch(e))
        {
            return Failure($"libtorch: {FirstLine(e.Message)}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Failure(FirstLine(e.Message));
        }

        async Task EndAsync()
        {
            await Task.Delay(TimeToStop + TimeToSay);
            Environment.Exit(Terminated);
        }

        int Failure(string message)
        {
            terminal.Error(message);
            return Failed;
        }
    }

    /// <summary>Of a mistyped verb the parser says first that one is missing.</summary>
    private static string WhatIsWrong(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        return command.Subcommands.Count > 0 && parsed.UnmatchedTokens is [var unknown, ..]
            ? $"There is no command '{unknown}'."
                + Spelling.DidYouMean(unknown, command.Subcommands.Where(verb => !verb.Hidden).Select(verb => verb.Name))
            : parsed.UnmatchedTokens.FirstOrDefault(token => token.StartsWith('-')) is { } flag
                ? $"There is no flag '{flag}'.{Spelling.DidYouMean(flag, command.Options.Select(option => option.Name))}"
                : parsed.Errors[0].Message;
    }

    /// <summary>[suggest:12] asks what may follow a line that is not finished.</summary>
    private static bool IsDirective(IReadOnlyList<string> arguments) => arguments is [['[', .., ']'], ..];

    private static bool HandlesSignals(ParseResult parsed) => parsed.CommandResult.Command.Name == DbCommand.PsqlName;

    private static string Path(ParseResult parsed) =>
        parsed.CommandResult.Command is RootCommand ? "" : parsed.CommandResult.Command.Name + " ";

    private static string FirstLine(string text) => text.Split('\n', 2)[0].TrimEnd();
}
