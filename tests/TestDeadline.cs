using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using ConvLstm.Nowcast.Tests;
using Xunit;
using Xunit.v3;

[assembly: TestDeadline]

namespace ConvLstm.Nowcast.Tests;

/// <summary>
/// Cancels a test that waits for what does not come: it then fails by its name, where else all would wait with it. Campaigns, which take
/// hours, set <c>NOWCAST_TEST_DEADLINE</c>, in minutes.
/// </summary>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class TestDeadlineAttribute : BeforeAfterTestAttribute
{
    private const double UsualMinutes = 12;

    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(
        double.TryParse(Environment.GetEnvironmentVariable("NOWCAST_TEST_DEADLINE"), CultureInfo.InvariantCulture, out var minutes)
            ? minutes : UsualMinutes);

    private readonly ConcurrentDictionary<string, Timer> _timers = new(StringComparer.Ordinal);

    public override void Before(MethodInfo methodUnderTest, IXunitTest test)
    {
        ArgumentNullException.ThrowIfNull(test);
        var context = TestContext.Current;
        _timers[test.UniqueID] = new(_ => context.CancelCurrentTest(), null, Deadline, Timeout.InfiniteTimeSpan);
    }

    public override void After(MethodInfo methodUnderTest, IXunitTest test)
    {
        ArgumentNullException.ThrowIfNull(test);
        if (_timers.TryRemove(test.UniqueID, out var timer))
            timer.Dispose();
    }
}
