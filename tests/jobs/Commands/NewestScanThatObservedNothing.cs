using Xunit;

namespace ConvLstm.Nowcast.Tests.Jobs.Commands;

/// <summary><c>nowcast forecast</c> where the radars saw nothing at the last time.</summary>
public sealed class NewestScanThatObservedNothing
{
    [Fact]
    public async Task TheForecastIsMadeFromTheScanBeforeAndSaysSo()
    {
        using var folder = new TemporaryFolder();
        var outcome = await Cli.In(folder).RunAsync("forecast", "--method", "extrapolation", "--data",
            FieldCases.Path("17_newest_all_missing"), "--lead", "30", "--out", "f.nc");
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        Assert.Contains("observed nothing at 2020-06-01T00:25:00Z", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("after 2020-06-01 00:20 UTC", outcome.Out, StringComparison.Ordinal);
    }
}
