using System.Reflection;
using Hangfire;
using Hangfire.Common;

namespace ConvLstm.Nowcast.Jobs.Hosting;

/// <summary>What a job is called everywhere: the display name above its method.</summary>
internal static class JobNames
{
    internal static string Of(Job? job) =>
        job?.Method.GetCustomAttribute<JobDisplayNameAttribute>()?.Format(null, job) ?? job?.Type.Name ?? "";
}
