using ConvLstm.Nowcast.Ingest.Sequences;
using ConvLstm.Nowcast.Training;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Training;

public sealed class WeatherEventTests
{
    [Fact]
    public void GridsOfOneAfternoonAreOneEventAndTheNextEveningIsAnother()
    {
        var series = new[] { Series(26), Series(0), Series(1), Series(0.5, width: 4) };

        Assert.Equal([1, 0, 0, 0], WeatherEvents.Of(series));
    }

    private static ScanSeries Series(double hours, int width = 8) => Assert.Single(Sequencing.Arrange(
        Enumerable.Range(0, 6).Select(i => (IScan)new FrameScan(
            Sample.RadarFrame(Sample.RadarGrid(width), Sample.Time.AddHours(hours).AddMinutes(5 * i)), $"{i}")).ToArray(), new()).Series);
}
