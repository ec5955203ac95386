using ConvLstm.Nowcast.Model.Training;

namespace ConvLstm.Nowcast.Studies;

/// <summary>Calls on the training thread, in order; <see cref="Progress{T}"/> would post to others.</summary>
internal sealed class TrainingReport(Action<TrainingProgress> report) : IProgress<TrainingProgress>
{
    public void Report(TrainingProgress value) => report(value);
}
