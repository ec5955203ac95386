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

    internal void Line(string text = "") => Out.WriteLine(text);

    /// <summary>One line, whatever the message holds.</summary>
    internal void Error(string message) => Messages.Profile.Out.Writer.WriteLine($"nowcast: {message.ReplaceLineEndings(" ")}");

    /// <summary>A progress bar on a terminal; nothing where the messages go to a file.</summary>
    internal async Task<T> ProgressAsync<T>(string title, Func<Action<double, string>, Task<T>> work)
    {
        if (!Messages.Profile.Out.IsTerminal)
            return await work((_, _) => { });
        return await Messages.Progress().AutoClear(true).HideCompleted(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(async context =>
            {
                var task = context.AddTask(Markup.Escape(title), maxValue: 1);
                return await work((fraction, text) =>
                {
                    task.Value = fraction;
                    task.Description = Markup.Escape(text);
                });
            });
    }
}
