using System.Reflection;

namespace ConvLstm.Nowcast.Jobs.Web;

/// <summary>
/// Numbers of questions have no thousands separators: .NET would bind <c>lon=1,0</c> as 10, and answer for another country. Holds for
/// every endpoint by the types of its parameters.
/// </summary>
internal static class PlainNumbers
{
    internal static void UsePlainNumbers(this WebApplication app) => app.Use((context, next) =>
    {
        foreach (var parameter in context.GetEndpoint()?.Metadata.GetMetadata<MethodInfo>()?.GetParameters() ?? [])
        {
            if ((Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType) is not { } type
                || (type != typeof(double) && type != typeof(float) && type != typeof(decimal)))
                continue;
            foreach (var value in context.Request.Query[parameter.Name!])
            {
                if (value?.Contains(',', StringComparison.Ordinal) == true)
                    throw new BadHttpRequestException(
                        $"{parameter.Name}={value} is no number: decimals have a point, and thousands nothing.");
            }
        }
        return next(context);
    });
}
