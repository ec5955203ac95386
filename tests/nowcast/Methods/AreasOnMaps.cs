using ConvLstm.Nowcast.Methods;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Methods;

public sealed class AreasOnMaps
{
    [Fact]
    public void AMapShowsTheAreaOfTheNewestRainAndATenthMoreAnHourAhead()
    {
        float[] rain = [.. Enumerable.Repeat(2f, 1000), .. Enumerable.Repeat(0f, 500), float.NaN];

        Assert.InRange(new ShownArea(rain, TimeSpan.FromMinutes(1)).Pixels(1), 1000, 1010);
        Assert.InRange(new ShownArea(rain, TimeSpan.FromHours(1)).Pixels(1), 1095, 1100);
        Assert.Equal(0, new ShownArea(rain, TimeSpan.FromHours(1)).Pixels(5));
    }
}
