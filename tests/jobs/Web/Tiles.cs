using ConvLstm.Nowcast.Ingest.Projection;
using ConvLstm.Nowcast.Jobs.Web.Frames;
using ConvLstm.Nowcast.Jobs.Web.Tiles;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Jobs.Web;

public sealed class Tiles(ServedRain rain) : IClassFixture<ServedRain>
{
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(3)]
    [InlineData(8)]
    [InlineData(11)]
    public async Task ATileShowsThePixelThatLiesThere(int zoom)
    {
        using var locator = new GridLocator(rain.Grid);
        var (x, y) = ((int)((10.0 + 180) / 360 * (1 << zoom)),
            (int)((1 - (Math.Asinh(Math.Tan(double.DegreesToRadians(52.05))) / Math.PI)) / 2 * (1 << zoom)));
        var tile = new PngPicture(
            await rain.Client.GetByteArrayAsync($"/tiles/{rain.Grid.Name}/latest/30/{zoom}/{x}/{y}.png", _cancellation));

        Assert.Equal((256, 256), (tile.Width, tile.Height));
        var (same, compared) = (0, 0);
        for (var i = 0; i < 256 * 256; i++)
        {
            var (lon, lat) = WebMercator.LonLat(zoom, (256.0 * x) + (i % 256) + 0.5, (256.0 * y) + (i / 256) + 0.5);
            // The simulated radar sees everything: what is not known there comes from outside.
            var expected = locator.PixelAt(lon, lat) is not var (column, row) ? RainCode.Unknown
                : rain.Newest.RainRate[5][(row * rain.Grid.Width) + column] is var rate && float.IsNaN(rate) ? RainCode.FromOutside
                    : RainCode.OfRate(MathF.Round(rate, 2));
            compared++;
            same += tile.Index(i % 256, i / 256) == expected ? 1 : 0;
        }
        // Where two pixels of the grid meet, either may be drawn.
        Assert.InRange(same / (double)compared, 0.995, 1);
        Assert.Contains(tile.Bytes, code => code > RainCode.Dry);
        Assert.True(zoom > 5 || tile.Colour(0, 0) == Palettes.UnseenColour);
    }

    [Fact]
    public async Task MinutesZeroIsTheScan()
    {
        var tile = new PngPicture(await rain.Client.GetByteArrayAsync($"/tiles/{rain.Grid.Name}/latest/0/0/0/0.png", _cancellation));
        Assert.Contains(tile.Bytes, code => code == RainCode.Unknown);
        Assert.NotEqual(tile.Bytes,
            new PngPicture(await rain.Client.GetByteArrayAsync($"/tiles/wide/latest/0/0/0/0.png", _cancellation)).Bytes);
    }
}
