using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Storage;
using Microsoft.AspNetCore.Diagnostics;
using Npgsql;

namespace ConvLstm.Nowcast.Jobs.Web;

/// <summary>Errors as problem+json, RFC 9457: what a person can act on becomes a sentence; the rest stays in the log.</summary>
internal static class Problems
{
    private const string NoDatabase = "The database does not answer.";

    internal static ExceptionHandlerOptions Handler { get; } = new()
    {
        ExceptionHandler = WriteAsync,
        // A refusal is an answer, not a failure: the log is not for strangers to fill.
        SuppressDiagnosticsCallback = failed => failed.Exception is BadHttpRequestException or OperationCanceledException,
    };

    /// <summary>An answer without a body, such as that of an address that does not exist, gets a sentence too.</summary>
    internal static void Complete(ProblemDetailsContext context) => context.ProblemDetails.Detail ??= context.ProblemDetails.Status switch
    {
        StatusCodes.Status404NotFound => "There is nothing at this address; /api/docs lists what can be asked.",
        StatusCodes.Status405MethodNotAllowed => "This address is not asked in this way; /api/docs lists what can be asked.",
        StatusCodes.Status413PayloadTooLarge => $"A body has at most {Limits.BodyBytes} bytes.",
        StatusCodes.Status415UnsupportedMediaType => "The body has to be JSON: send it with Content-Type: application/json.",
        _ => null,
    };

    private static Task WriteAsync(HttpContext context)
    {
        var (status, title, detail) = context.Features.Get<IExceptionHandlerFeature>()?.Error switch
        {
            BadHttpRequestException bad => (bad.StatusCode, TitleOf(bad.StatusCode), bad.Message),
            ReportedException reported => (StatusCodes.Status503ServiceUnavailable, NoDatabase, reported.Message),
            NpgsqlException database => (StatusCodes.Status503ServiceUnavailable, NoDatabase, Explain(context, database)),
            _ => (StatusCodes.Status500InternalServerError, "The request failed.", "The log of the service says why."),
        };
        return Results.Problem(title: title, detail: detail, statusCode: status).ExecuteAsync(context);
    }

    private static string TitleOf(int status) => status switch
    {
        StatusCodes.Status404NotFound => "There is no such thing.",
        StatusCodes.Status410Gone => "It is not there any more.",
        StatusCodes.Status413PayloadTooLarge => "The request is too large.",
        StatusCodes.Status503ServiceUnavailable => "The service has too much to do.",
        _ => "The request cannot be understood.",
    };

    private static string Explain(HttpContext context, NpgsqlException error) => DatabaseErrors.Explain(
        error, context.RequestServices.GetRequiredService<AnswerSource>().Database.ConnectionString).Message;
}
