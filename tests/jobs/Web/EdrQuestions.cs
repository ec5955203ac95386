using System.Globalization;
using System.Text.Json;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Jobs.Web;

public sealed class EdrQuestions(ServedRain rain) : IClassFixture<ServedRain>
{
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task APositionIsACoverageOfTheRunsNumbers()
    {
        var (lon, lat) = rain.PlaceOf(70, 50);
        var address = string.Create(CultureInfo.InvariantCulture, $"/edr/collections/{rain.Grid.Name}/instances/{rain.NewestRun}/position?coords=POINT({lon:R} {lat:R})");

        using var coverage = await AskAsync(address);
        using var part = await AskAsync($"{address}&parameter-name=rainfall_rate&datetime={rain.Newest.ValidTime(2).UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}/..");

        CoverageJsonRules.Check(coverage.RootElement);
        CoverageJsonRules.Check(part.RootElement);
        var pixel = (50 * ServedRain.Size) + 70;
        Assert.Equal(
            rain.Newest.RainRate.Select(map => float.IsNaN(map[pixel]) ? (float?)null : MathF.Round(map[pixel], 2)), Values(coverage.RootElement, "rainfall_rate"));
        Assert.Equal(ServedRain.Leads, Values(coverage.RootElement, "probability_0.1").Count);
        Assert.Equal(ServedRain.Leads - 2, Values(part.RootElement, "rainfall_rate").Count);
        Assert.Single(part.RootElement.GetProperty("ranges").EnumerateObject());
    }

    [Fact]
    public async Task AnAreaIsACoverageOfThePixelsInside()
    {
        // A triangle whose corners are pixel centres, far from straight in degrees only where it does not matter.
        var corners = new[] { rain.PlaceOf(20, 20), rain.PlaceOf(60, 20), rain.PlaceOf(20, 60), rain.PlaceOf(20, 20) };
        var polygon = string.Join(',', corners.Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Lon:R} {c.Lat:R}")));

        using var coverage = await AskAsync($"/edr/collections/{rain.Grid.Name}/area?coords=POLYGON(({polygon}))&parameter-name=rainfall_rate");

        CoverageJsonRules.Check(coverage.RootElement);
        var axes = coverage.RootElement.GetProperty("domain").GetProperty("axes");
        var (width, height) = (axes.GetProperty("x").GetProperty("num").GetInt32(), axes.GetProperty("y").GetProperty("num").GetInt32());
        var column = (int)Math.Round((axes.GetProperty("x").GetProperty("start").GetDouble() - rain.Grid.CentreX(0)) / rain.Grid.PixelX);
        var row = (int)Math.Round((rain.Grid.CentreY(0) - axes.GetProperty("y").GetProperty("start").GetDouble()) / rain.Grid.PixelY);
        var values = Values(coverage.RootElement, "rainfall_rate");
        var inside = 0;
        for (var i = 0; i < width * height; i++)
        {
            var (x, y) = (column + (i % width), row + (i / width));
            // Well inside the triangle is inside, well outside is not; its edges are nobody's.
            var depth = Math.Min(Math.Min(x - 20, y - 20), (80 - x - y) / 2.0);
            var expected = rain.Newest.RainRate[0][(y * ServedRain.Size) + x];
            if (depth > 1)
                Assert.Equal(float.IsNaN(expected) ? null : MathF.Round(expected, 2), values[i]);
            if (depth < -1)
                Assert.Null(values[i]);
            inside += depth > 1 ? 1 : 0;
        }
        Assert.InRange(inside, 500, 820);
    }

    [Fact]
    public async Task CollectionsAndInstancesSayWhatCanBeAsked()
    {
        using var collections = await AskAsync("/edr/collections");
        var names = collections.RootElement.GetProperty("collections").EnumerateArray().Select(c => c.GetProperty("id").GetString()).ToList();
        Assert.Equal([rain.Grid.Name, "wide"], names);
        using var instances = await AskAsync($"/edr/collections/{rain.Grid.Name}/instances");
        var newest = instances.RootElement.GetProperty("instances").EnumerateArray().Single(i => i.GetProperty("id").GetString() == $"{rain.NewestRun}");
        var box = newest.GetProperty("extent").GetProperty("spatial").GetProperty("bbox")[0].EnumerateArray().Select(d => d.GetDouble()).ToList();
        Assert.True(box[0] < 9.1 && box[1] < 51.5 && box[2] > 10.9 && box[3] > 52.5, string.Join(' ', box));
        Assert.Equal(5, newest.GetProperty("parameter_names").EnumerateObject().Count());
        var position = newest.GetProperty("data_queries").GetProperty("position").GetProperty("link").GetProperty("href").GetString();
        using var answer = await AskAsync($"{position}?coords=POINT(10 52)");
        CoverageJsonRules.Check(answer.RootElement);
        foreach (var address in new[] { "/edr", "/edr/conformance" })
            (await AskAsync(address)).Dispose();
    }

    private static List<float?> Values(JsonElement coverage, string parameter) =>
        [.. coverage.GetProperty("ranges").GetProperty(parameter).GetProperty("values").EnumerateArray().Select(value => value.Deserialize<float?>())];

    private async Task<JsonDocument> AskAsync(string address) =>
        JsonDocument.Parse(await rain.Client.GetStringAsync(new Uri(address, UriKind.Relative), _cancellation));
}
