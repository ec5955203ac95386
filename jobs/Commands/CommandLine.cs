using System.CommandLine;
using System.Runtime.InteropServices;
using ConvLstm.Nowcast.Ingest;

namespace ConvLstm.Nowcast.Jobs.Commands;

/// <summary>The command line of <c>nowcast</c>: finds the verb, runs it, turns what happens into an exit status.</summary>
internal static class CommandLine
{
    internal const int Done = 0;
    internal const int Failed = 1;
    internal const int WrongUsage = 2;

    internal static async Task<int> RunAsync(IReadOnlyList<string> arguments, Terminal terminal)
    {
        var root = new RootCommand("Weather-radar nowcasting: radar files in, a trained ConvLSTM, rain maps in PostgreSQL, asked with SQL.");
        foreach (var verb in Verbs.All(terminal))
            root.Add(verb);
        var parsed = root.Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            terminal.Error($"{parsed.Errors[0].Message} See 'nowcast {Path(parsed)}--help'.");
            return WrongUsage;
        }
        try
        {
            var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, Output = terminal.Out };
            return await parsed.InvokeAsync(configuration);
        }
        catch (ReportedException e)
        {
            return Failure(e.Message);
        }
        catch (OperationCanceledException)
        {
            return Failure("stopped before the end.");
        }
        catch (TorchOutOfMemoryException e)
        {
            return Failure($"the memory of the device is full ({FirstLine(e.Message)}): use smaller windows or batches, or another --device.");
        }
        catch (ExternalException e)
        {
            return Failure($"libtorch: {FirstLine(e.Message)}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Failure(FirstLine(e.Message));
        }

        int Failure(string message)
        {
            terminal.Error(message);
            return Failed;
        }
    }

    private static string Path(ParseResult parsed) =>
        parsed.CommandResult.Command is RootCommand ? "" : parsed.CommandResult.Command.Name + " ";

    private static string FirstLine(string text) => text.Split('\n', 2)[0].TrimEnd();
}
