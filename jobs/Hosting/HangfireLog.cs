using Hangfire.AspNetCore;
using Hangfire.Logging;

namespace ConvLstm.Nowcast.Jobs.Hosting;

/// <summary>
/// The log of Hangfire, which keeps one for the whole process: it must outlive each service in it. It is written as the service's, from
/// errors on, as Hangfire tells at length of each retry while the database is away.
/// </summary>
internal static class HangfireLog
{
    private static readonly Lock Gate = new();
    private static AspNetCoreLogProvider? _provider;

    internal static ILogProvider Of(Microsoft.Extensions.Logging.LogLevel least)
    {
        lock (Gate)
            return _provider ??= new(LoggerFactory.Create(logging => ServiceLog.Configure(logging, least)));
    }
}
