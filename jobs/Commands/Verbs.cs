using System.CommandLine;
using ConvLstm.Nowcast.Jobs.Commands.Study;

namespace ConvLstm.Nowcast.Jobs.Commands;

/// <summary>The verbs in the order of the help.</summary>
internal static class Verbs
{
    internal static IEnumerable<Command> All(Terminal terminal) => [
        DemoCommand.Create(terminal), InspectCommand.Create(terminal), SimulateCommand.Create(terminal), IngestCommand.Create(terminal),
        TrainCommand.Create(terminal), ForecastCommand.Create(terminal), EvaluateCommand.Create(terminal),
        Study.StudyCommand.Create(terminal), TuneCommand.Create(terminal), PlotCommand.Create(terminal),
        RunCommand.Create(terminal), HindcastCommand.Create(terminal), ServeCommand.Create(terminal), DbCommand.Create(terminal),
        DoctorCommand.Create(terminal), SettingsCommand.Create(terminal), ModelsCommand.Create(terminal),
        CompletionCommand.Create(terminal), JobWorkerCommand.Create(),
    ];
}
