using Microsoft.Extensions.Logging.Console;

namespace ConvLstm.Nowcast.Jobs.Hosting;

/// <summary>The log of the service: one JSON object a line on the standard error, with the names of what is in the message.</summary>
internal static class ServiceLog
{
    internal static void Configure(ILoggingBuilder logging, LogLevel least)
    {
        logging.ClearProviders();
        logging.SetMinimumLevel(least);
        // An address that cannot be listened on is reported in one line by the command; what the engine does is its own affair below a
        // warning.
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
        logging.AddFilter("Hangfire", LogLevel.Error);
        logging.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        logging.AddJsonConsole(json => (json.UseUtcTimestamp, json.TimestampFormat) = (true, "yyyy-MM-ddTHH:mm:ss.fffZ"));
    }
}
