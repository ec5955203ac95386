using Microsoft.AspNetCore.Antiforgery;

namespace ConvLstm.Nowcast.Jobs.Web.Dashboard;

/// <summary>An action counts only from a form of ours.</summary>
internal sealed class AntiforgeryFilter(IAntiforgery antiforgery) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        await antiforgery.IsRequestValidAsync(context.HttpContext)
            ? await next(context)
            : Results.Problem("The form is too old or not ours: open /jobs again and repeat the action.", statusCode: StatusCodes.Status400BadRequest);
}
