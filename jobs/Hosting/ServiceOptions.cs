using ConvLstm.Nowcast.Jobs.Settings;

namespace ConvLstm.Nowcast.Jobs.Hosting;

/// <summary>What one <c>nowcast serve</c> does.</summary>
internal sealed record ServiceOptions
{
    internal required NowcastSettings Settings { get; init; }

    internal IReadOnlyList<string> Roles { get; init; } = Hosting.Roles.All;

    /// <summary>What is due when.</summary>
    internal IReadOnlyList<DueJob> Jobs { get; init; } = [];

    internal ScheduleOptions Timing { get; init; } = new();

    internal TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Its name among the servers.</summary>
    internal string Server { get; init; } = $"{Environment.MachineName}-{Environment.ProcessId}-{Guid.NewGuid().ToString("N")[..6]}";

    internal bool IsWeb => Roles.Contains(Hosting.Roles.Web);
}
