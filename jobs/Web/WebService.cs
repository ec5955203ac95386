using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Storage;
using Microsoft.AspNetCore.Diagnostics;
using Npgsql;

namespace ConvLstm.Nowcast.Jobs.Web;

/// <summary>The web service: status and the newest forecast as JSON.</summary>
internal static class WebService
{
    /// <summary>Makes the service; start it with <c>RunAsync</c> or <c>StartAsync</c>.</summary>
    /// <param name="database">Stays the caller's.</param>
    /// <param name="urls">Where to listen, such as http://127.0.0.1:5080; port 0 takes a free one.</param>
    /// <exception cref="ReportedException">The address cannot be listened on.</exception>
    internal static WebApplication Build(NowcastDatabase database, string urls)
    {
        if (!urls.Split(';').All(url => Uri.TryCreate(url.Replace("*", "any", StringComparison.Ordinal), UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"))
            throw new ReportedException($"{urls} is no address to listen on: write it like http://127.0.0.1:5080 (--urls or NOWCAST_URLS).");
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls(urls);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddProblemDetails();
        builder.Services.AddSingleton(database);
        var app = builder.Build();
        app.UseExceptionHandler(errors => errors.Run(WriteProblemAsync));
        StatusEndpoint.Map(app);
        LatestForecastEndpoint.Map(app);
        HealthEndpoint.Map(app);
        return app;
    }

    /// <summary>What a person can act on becomes a sentence; the rest stays in the log.</summary>
    private static Task WriteProblemAsync(HttpContext context)
    {
        var error = context.Features.Get<IExceptionHandlerFeature>()?.Error;
        var isDatabase = error is NpgsqlException or ReportedException;
        return Results.Problem(
            title: isDatabase ? "The database does not answer." : "The request failed.",
            detail: error is ReportedException reported ? reported.Message : null,
            statusCode: isDatabase ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status500InternalServerError).ExecuteAsync(context);
    }
}
