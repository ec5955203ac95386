using System.Globalization;
using System.Reflection;
using ConvLstm.Nowcast.Ingest;
using Hangfire;
using Hangfire.Common;

namespace ConvLstm.Nowcast.Jobs.Hosting;

/// <summary>What a <c>nowcast serve</c> does; several of them share the work. Each but the last is a queue of the job engine.</summary>
internal static class Roles
{
    /// <summary>Writes down what is due when, and does the light work: verification, retention, the feed watchdog.</summary>
    internal const string Scheduler = "scheduler";

    /// <summary>Takes new radar files; needs the feed folder.</summary>
    internal const string Ingest = "ingest";

    /// <summary>Makes forecasts; likes a GPU.</summary>
    internal const string Forecast = "forecast";

    /// <summary>Trains; likes a GPU.</summary>
    internal const string Train = "train";

    /// <summary>API, map and dashboard.</summary>
    internal const string Web = "web";

    internal static IReadOnlyList<string> All { get; } = [Scheduler, Ingest, Forecast, Train, Web];

    /// <summary>Reads a list with commas; all roles where it is empty.</summary>
    /// <exception cref="ReportedException">A name is none of them.</exception>
    internal static IReadOnlyList<string> Parse(string? text)
    {
        var roles = (text ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct().ToArray();
        if (roles.FirstOrDefault(r => !All.Contains(r)) is { } unknown)
            throw new ReportedException($"There is no role '{unknown}': name some of {string.Join(", ", All)} (--roles or NOWCAST_ROLES).");
        return roles.Length == 0 ? All : roles;
    }

    /// <summary>The queues of a server; empty where it runs no jobs.</summary>
    internal static string[] QueuesOf(IReadOnlyList<string> roles) => [.. roles.Where(role => role != Web)];

    /// <summary>The role that a job is for, which stands above its class.</summary>
    internal static string QueueOf(Job job) =>
        string.Format(CultureInfo.InvariantCulture, job.Type.GetCustomAttribute<QueueAttribute>()?.Queue ?? Scheduler, [.. job.Args]);
}
