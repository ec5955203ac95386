using Spectre.Console;

namespace ConvLstm.Nowcast.Jobs.Commands;

/// <summary>Where a command writes: results to the standard output, errors and progress to the standard error.</summary>
/// <param name="Out">Results.</param>
/// <param name="Messages">Progress bars and errors.</param>
internal sealed record Terminal(TextWriter Out, IAnsiConsole Messages)
{
    internal static Terminal OfProcess() => new(
        Console.Out,
        AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) }));

    /// <summary>Says nothing but what goes wrong.</summary>
    internal Terminal Silent() => this with { Out = TextWriter.Null };

    internal void Line(string text = "") => Out.WriteLine(text);

    /// <summary>One line, whatever the message holds.</summary>
    internal void Error(string message) => Messages.Profile.Out.Writer.WriteLine($"nowcast: {message.ReplaceLineEndings(" ")}");

    /// <summary>Asks a person; where there is none, as in a script, what was asked for is meant.</summary>
    internal bool Confirms(string question) =>
        Console.IsInputRedirected || !Messages.Profile.Out.IsTerminal || Messages.Confirm(Markup.Escape(question), defaultValue: false);

    /// <summary>A progress bar on a terminal; nothing where the messages go to a file.</summary>
    internal Task<T> ProgressAsync<T>(string title, Func<Action<double, string>, Task<T>> work) =>
        PhasesAsync(report => work((fraction, text) => report(title, fraction, text)));

    /// <summary>
    /// A bar for each phase of the work, with the time that it still takes; the work names the phase, the share that is done of it, and
    /// what to write beside the bar.
    /// </summary>
    internal async Task<T> PhasesAsync<T>(Func<Action<string, double, string>, Task<T>> work)
    {
        if (!Messages.Profile.Out.IsTerminal)
            return await work((_, _, _) => { });
        return await Messages.Progress().AutoClear(true).HideCompleted(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(async context =>
            {
                var (task, phase) = (null as ProgressTask, "");
                return await work((name, fraction, text) =>
                {
                    if (task is null || name != phase)
                    {
                        task?.StopTask();
                        task?.Value(1);
                        (task, phase) = (context.AddTask(Markup.Escape(name), maxValue: 1), name);
                    }
                    task.Value = fraction;
                    task.Description = Markup.Escape(text);
                });
            });
    }
}
