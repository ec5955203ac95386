using System.Diagnostics;
using ConvLstm.Nowcast.Jobs.Monitoring;
using Hangfire.Client;
using Hangfire.Server;

namespace ConvLstm.Nowcast.Jobs.Hosting;

/// <summary>Makes a run part of the trace of what asked for it: the job that enqueued it, or a person's request.</summary>
internal sealed class TraceFilter : IClientFilter, IServerFilter
{
    private const string Parent = "traceparent";

    private const string Key = "nowcast:span";

    public void OnCreating(CreatingContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (Activity.Current is { IdFormat: ActivityIdFormat.W3C } asking)
            context.SetJobParameter(Parent, asking.Id);
    }

    public void OnCreated(CreatedContext context)
    {
        // It has its parameter.
    }

    public void OnPerforming(PerformingContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (JobTraces.Begin(JobNames.Of(context.BackgroundJob.Job), context.GetJobParameter<string?>(Parent, allowStale: true)) is { } span)
            context.Items[Key] = span;
    }

    public void OnPerformed(PerformedContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (!context.Items.Remove(Key, out var item))
            return;
        using var span = (Activity)item;
        if (context.Exception is { } e)
            span.SetStatus(ActivityStatusCode.Error, (e.InnerException ?? e).Message);
    }
}
