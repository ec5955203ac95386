using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Sequences;
using ConvLstm.Nowcast.Training;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Training;

public sealed class WindowsOfRadar
{
    [Fact]
    public void TheWindowIsWhereItRainsAndItsPixelsKeepTheirPlaceOnTheGround()
    {
        var grid = Sample.RadarGrid(width: 60, height: 50);
        var rain = new float[grid.PixelCount];
        for (var row = 30; row < 50; row++)
            Array.Fill(rain, 3f, (row * 60) + 35, 20);
        var scans = new RadarSequence(TimeSpan.FromMinutes(5),
            [new RadarFrame(grid, Sample.Time, rain), new RadarFrame(grid, Sample.Time.AddMinutes(5), rain)]);

        var window = RadarWindow.Wettest(scans.Frames[^1], 20, new Random(1));
        var cut = window.Of(scans);

        Assert.Equal((20, 20, 2), (cut.Grid.Width, cut.Grid.Height, cut.Frames.Count));
        Assert.InRange(cut.Frames[0].RainRate.Count(r => r > 0), 100, 400);
        Assert.Equal(grid.CentreX(window.Column + 7), cut.Grid.CentreX(7), 1e-6);
        Assert.Equal(grid.CentreY(window.Row + 9), cut.Grid.CentreY(9), 1e-6);
        Assert.Equal(rain[((window.Row + 9) * 60) + window.Column + 7], cut.Frames[1].RainRate[(9 * 20) + 7]);
    }

    [Fact]
    public void WithoutASideTheWindowIsTheWholeGrid()
    {
        var scans = Sample.RadarSequence(2);
        Assert.Same(scans, RadarWindow.Wettest(scans.Frames[^1], 0, new Random(1)).Of(scans));
    }
}
