using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;

namespace ConvLstm.Nowcast.Jobs.Web;

/// <summary>How much one asker, and all together, may ask for.</summary>
internal static class Limits
{
    /// <summary>The policy of questions that take the machine a tenth of a second and more.</summary>
    internal const string Heavy = "heavy";

    /// <summary>The largest body that is read.</summary>
    internal const int BodyBytes = 1 << 20;

    /// <summary>A page loads some dozens of files at once.</summary>
    private const int Burst = 5;

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    /// <param name="options">The limiter's.</param>
    /// <param name="requestsPerSecond">From one address, five times as many at once; 0 for no limit.</param>
    internal static void Configure(RateLimiterOptions options, int requestsPerSecond)
    {
        options.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        if (requestsPerSecond > 0)
        {
            options.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context => RateLimitPartition.GetTokenBucketLimiter(
                context.Connection.RemoteIpAddress?.ToString() ?? "", _ => new TokenBucketRateLimiterOptions
                {
                    TokenLimit = Burst * requestsPerSecond, TokensPerPeriod = requestsPerSecond, ReplenishmentPeriod = Period,
                    AutoReplenishment = true,
                }));
        }
        // One core stays free of them: where forecasts are made on the same machine, a crowd that asks must not hold them up.
        options.AddConcurrencyLimiter(Heavy,
            heavy => (heavy.PermitLimit, heavy.QueueLimit) = (Math.Max(1, Environment.ProcessorCount - 1), 64));
        options.OnRejected = async (rejected, cancellation) =>
        {
            var wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : Period;
            rejected.HttpContext.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            await TypedResults.Problem(
                title: "Too many requests.",
                detail: $"Ask again in {Math.Ceiling(wait.TotalSeconds)} s; at most {requestsPerSecond} a second from one address.",
                statusCode: StatusCodes.Status429TooManyRequests).ExecuteAsync(rejected.HttpContext);
        };
    }
}
