using System.Globalization;
using Microsoft.Extensions.Hosting.Systemd;

namespace ConvLstm.Nowcast.Jobs.Hosting;

/// <summary>
/// Tells systemd, where it started this service with Type=notify, that it is ready or stopping, and that it lives (sd_notify(3),
/// sd_watchdog_enabled(3)).
/// The sign of life comes from the thread pool, on which everything here runs: where it is stuck, systemd restarts the service.
/// </summary>
internal sealed class SystemdNotifications(ISystemdNotifier systemd, IHostApplicationLifetime lifetime) : IHostedService, IDisposable
{
    private static readonly ServiceState Alive = new("WATCHDOG=1");

    private Timer? _signs;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (!systemd.IsEnabled)
            return Task.CompletedTask;
        lifetime.ApplicationStarted.Register(() => systemd.Notify(ServiceState.Ready));
        lifetime.ApplicationStopping.Register(() => systemd.Notify(ServiceState.Stopping));
        if (Interval() is { } interval)
            _signs = new Timer(_ => systemd.Notify(Alive), null, TimeSpan.Zero, interval);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _signs?.Dispose();

    /// <summary>
    /// Half of WatchdogSec, as sd_watchdog_enabled(3) advises; null where there is no watchdog, or it is another process's.
    /// </summary>
    private static TimeSpan? Interval() =>
        long.TryParse(Environment.GetEnvironmentVariable("WATCHDOG_USEC"), CultureInfo.InvariantCulture, out var microseconds)
            && microseconds > 0
            && Environment.GetEnvironmentVariable("WATCHDOG_PID") is var process
            && (string.IsNullOrEmpty(process) || process == Environment.ProcessId.ToString(CultureInfo.InvariantCulture))
            ? TimeSpan.FromMicroseconds(microseconds / 2.0) : null;
}
