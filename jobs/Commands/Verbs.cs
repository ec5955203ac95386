using System.CommandLine;
using ConvLstm.Nowcast.Jobs.Commands.Study;
using ConvLstm.Nowcast.Jobs.Feed;

namespace ConvLstm.Nowcast.Jobs.Commands;

/// <summary>The verbs in the order of the help.</summary>
internal static class Verbs
{
    internal static IEnumerable<Command> All(Terminal terminal, DecodedFiles files) => [
        DemoCommand.Create(terminal, files), InspectCommand.Create(terminal, files), SimulateCommand.Create(terminal),
        IngestCommand.Create(terminal),
        TrainCommand.Create(terminal, files), ForecastCommand.Create(terminal, files), EvaluateCommand.Create(terminal, files),
        Study.StudyCommand.Create(terminal, files), TuneCommand.Create(terminal, files), PlotCommand.Create(terminal, files),
        RunCommand.Create(terminal), HindcastCommand.Create(terminal), ServeCommand.Create(terminal), DbCommand.Create(terminal),
        DoctorCommand.Create(terminal), SettingsCommand.Create(terminal), ModelsCommand.Create(terminal),
        CompletionCommand.Create(terminal), JobWorkerCommand.Create(),
    ];
}
