using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;

namespace ConvLstm.Nowcast.Jobs.Web.Access;

/// <summary>
/// Makes guessing slow: ten wrong secrets from an address are looked at in five minutes. Each that is looked at is in the log.
/// </summary>
internal sealed partial class FailedLogins(ILogger<FailedLogins> logger) : IDisposable
{
    private const int AtOnce = 10;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    // Addresses that have been quiet are forgotten by the limiter itself.
    private readonly PartitionedRateLimiter<IPAddress> _limiter =
        PartitionedRateLimiter.Create<IPAddress, string>(from => RateLimitPartition.GetFixedWindowLimiter(
        Household(from), _ => new FixedWindowRateLimiterOptions { PermitLimit = AtOnce, Window = Window }));

    /// <exception cref="BadHttpRequestException">Too many wrong secrets came from there; even a right one is not looked at now.</exception>
    internal void Check(IPAddress from)
    {
        using var free = _limiter.AttemptAcquire(from, 0);
        if (!free.IsAcquired)
            throw new BadHttpRequestException(
                $"Too many wrong passwords came from this address: try again in {Window.TotalMinutes:0} minutes.",
                StatusCodes.Status429TooManyRequests);
    }

    internal void Note(IPAddress from)
    {
        using var used = _limiter.AttemptAcquire(from);
        WrongSecret(from);
    }

    public void Dispose() => _limiter.Dispose();

    /// <summary>Who has an IPv6 address has the 2⁶⁴ of its network.</summary>
    private static string Household(IPAddress address) =>
        address is { AddressFamily: AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false }
            ? Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8)) : address.MapToIPv4().ToString();

    [LoggerMessage(Level = LogLevel.Warning, Message = "a wrong password or token for the dashboard came from {From}")]
    private partial void WrongSecret(IPAddress from);
}
