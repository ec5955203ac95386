using System.CommandLine;
using System.Text.Json;
using ConvLstm.Nowcast.Evaluation;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Jobs.Feed;
using ConvLstm.Nowcast.Jobs.Studies;

namespace ConvLstm.Nowcast.Jobs.Commands.Study;

/// <summary><c>nowcast study</c>: the experiments of the ConvLSTM literature, each with a report of its own.</summary>
internal static class StudyCommand
{
    internal const string ReportName = "report.html";
    internal const string FiguresName = "figures.json";

    internal static Command Create(Terminal terminal, DecodedFiles files) =>
        new("study", "The experiments of the ConvLSTM literature; each writes report.html and figures.json.")
    {
        DigitsStudyCommand.Create(terminal), NextFrameStudyCommand.Create(terminal, files), MovingMnistStudyCommand.Create(terminal),
        RadarStudyCommand.Create(terminal, files),
        InterpolationStudyCommand.Create(terminal, files), CrossValidationCommand.Create(terminal, files),
    };

    internal static Option<string> Out(string study) => new("--out")
    {
        Description = "The folder for report.html and figures.json; made where it is not there.",
        DefaultValueFactory = _ => $"study-{study}",
    };

    internal static Option<bool> Quick() => new("--quick")
    {
        Description = "A small form that takes less than three minutes on two cores.",
    };

    internal static Option<int> Seed() => Flags.Number("--seed", "The same seed gives the same data and choices.", 1, 0, 1000);

    /// <exception cref="ReportedException">The folder cannot be made.</exception>
    internal static string Folder(string path)
    {
        try
        {
            return Directory.CreateDirectory(path).FullName;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ReportedException($"--out {path}: the folder cannot be made ({e.Message}): name another.", e);
        }
    }

    /// <summary>Writes both files and says where they are.</summary>
    internal static void Write<T>(Terminal terminal, string folder, StudyReport report, T figures)
    {
        WholeFile.Write(Path.Combine(folder, FiguresName), JsonSerializer.Serialize(figures, ScoreJson.Format));
        report.Write(Path.Combine(folder, ReportName));
        terminal.Line($"written: {Path.Combine(folder, ReportName)}, {FiguresName}");
    }
}
