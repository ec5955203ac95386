using ConvLstm.Nowcast.Ingest.Simulation;
using ConvLstm.Nowcast.Model.Networks;
using ConvLstm.Nowcast.Model.Training;
using ConvLstm.Nowcast.MovingFrame;

namespace ConvLstm.Nowcast.Jobs.Demo;

/// <summary>The sizes of the demonstration: small enough for a laptop, large enough to show something.</summary>
internal sealed record DemoPlan
{
    /// <summary>The database in the private cluster; made anew by each demonstration.</summary>
    internal const string Database = "nowcast_demo";

    /// <summary>Scans that the network is trained on; those after them it has never seen.</summary>
    internal int TrainingScans { get; init; } = 132;

    /// <summary>Scans that come in an hour after the first forecast, to verify it.</summary>
    internal int LaterScans { get; init; } = 12;

    internal TimeSpan TrainingTime { get; init; } = TimeSpan.FromSeconds(75);

    internal SimulationOptions Rain { get; init; } = new() { Size = 128, Frames = 192, Scenario = RainScenario.Mixed, Seed = 7 };

    internal NetworkOptions Network { get; init; } = new() { Network = LagrangianNetwork.Name, Hidden = [24], Patch = 4 };

    internal WindowOptions Windows { get; init; } = new() { Past = 4, Future = 12, Crop = 64 };

    internal TrainingOptions Training { get; init; } = new()
    {
        BatchSize = 4, LearningRate = 3e-3, WindowsPerEpoch = 128, LeadsPerStep = 4, PixelWindows = 200, PixelSteps = 600,
    };

    /// <summary>The newest scan is of the last full step before now, so that the forecast is one of the coming hour.</summary>
    internal SimulationOptions RainUntil(DateTimeOffset now)
    {
        var newest = new DateTimeOffset(now.Ticks - (now.Ticks % Rain.Step.Ticks), TimeSpan.Zero);
        return Rain with { Start = newest - (Rain.Step * (Rain.Frames - 1)) };
    }
}
