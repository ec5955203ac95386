using System.Globalization;
using System.Net;
using System.Text.Json;
using ConvLstm.Nowcast.Ingest.NetCdf;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Jobs.Web;

public sealed partial class EdrQuestions(ServedRain rain) : IClassFixture<ServedRain>
{
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    private string Collection => $"/edr/collections/{rain.Grid.Name}";

    [Fact]
    public async Task APositionIsACoverageOfTheRunsNumbers()
    {
        var address = $"{Collection}/instances/{rain.NewestRun}/position?coords=POINT({At(70, 50)})";

        using var coverage = await AskAsync(address);
        using var part = await AskAsync($"{address}&parameter-name=rainfall_rate&datetime={Iso(rain.Newest.ValidTime(2))}/..");

        CoverageJsonRules.Check(coverage.RootElement);
        CoverageJsonRules.Check(part.RootElement);
        Assert.Equal(rain.Newest.RainRate.Select(map => Rounded(map[Pixel(70, 50)])), Values(coverage.RootElement, "rainfall_rate"));
        Assert.Equal(rain.Newest.MeanRate.Select(map => Rounded(map[Pixel(70, 50)])), Values(coverage.RootElement, "rainfall_rate_mean"));
        Assert.Equal(ServedRain.Leads, Values(coverage.RootElement, "probability_0.1").Count);
        Assert.Equal(ServedRain.Leads - 2, Values(part.RootElement, "rainfall_rate").Count);
        Assert.Single(part.RootElement.GetProperty("ranges").EnumerateObject());
    }

    /// <summary>Half of the rate is expected on the other grid.</summary>
    [Theory]
    [InlineData("position?coords=MULTIPOINT((-100.2 35.1),(-99.7 34.8),(-99.2 35.4))")]
    [InlineData("area?coords=POLYGON((-100.5 34.5,-99.5 34.5,-99.5 35.5,-100.5 34.5))")]
    [InlineData("radius?coords=POINT(-100 35)&within=50&within-units=km")]
    [InlineData("cube?bbox=-100.5,34.5,-99.5,35.5")]
    [InlineData("trajectory?coords=LINESTRING(-101 35,-99 35)")]
    [InlineData("corridor?coords=LINESTRING(-101 35,-99 35)&corridor-width=8&width-units=km")]
    public async Task TheExpectedRateIsAParameterOfItsOwn(string question)
    {
        using var coverage = await AskAsync($"/edr/collections/wide/{question}&parameter-name=rainfall_rate,rainfall_rate_mean");

        CoverageJsonRules.Check(coverage.RootElement);
        var (rates, means) = (Values(coverage.RootElement, "rainfall_rate"), Values(coverage.RootElement, "rainfall_rate_mean"));
        Assert.Contains(rates, rate => rate > 1);
        Assert.Equal(rates.Count, means.Count);
        Assert.All(rates.Zip(means), pair => Assert.Equal(pair.First!.Value / 2, pair.Second!.Value, 0.006));
    }

    [Fact]
    public async Task SeveralPositionsAreOneCoverage()
    {
        using var coverage = await AskAsync(
            $"{Collection}/position?coords=MULTIPOINT(({At(70, 50)}),({At(30, 40)}))"
            + $"&parameter-name=rainfall_rate&datetime={Iso(rain.Newest.ValidTime(0))}");

        CoverageJsonRules.Check(coverage.RootElement);
        Assert.Equal([Rounded(rain.Newest.RainRate[0][Pixel(70, 50)]), Rounded(rain.Newest.RainRate[0][Pixel(30, 40)])],
            Values(coverage.RootElement, "rainfall_rate"));
    }

    [Fact]
    public async Task AnAreaIsACoverageOfThePixelsInsideInLongitudeAndLatitude()
    {
        // A triangle whose corners are pixel centres.
        using var coverage = await AskAsync(
            $"{Collection}/area?coords=POLYGON(({At(20, 20)},{At(60, 20)},{At(20, 60)},{At(20, 20)}))&parameter-name=rainfall_rate");

        var inside = CheckPlaces(coverage.RootElement,
            (column, row) => Math.Min(Math.Min(column - 20, row - 20), (80 - column - row) / 2.0));
        Assert.InRange(inside, 500, 820);
    }

    [Fact]
    public async Task ARadiusAndACorridorAreThePixelsNoFartherThanTheySay()
    {
        var pixelMetres = rain.Grid.PixelX;
        var around = await CountAsync($"radius?coords=POINT({At(60, 60)})&within=10&within-units=km",
            (column, row) => (10_000 / pixelMetres) - Math.Sqrt(((column - 60) * (column - 60)) + ((row - 60) * (row - 60))));
        var along = await CountAsync($"corridor?coords=LINESTRING({At(30, 50)},{At(70, 50)})&corridor-width=8000&width-units=m",
            (column, row) => Math.Min((4000 / pixelMetres) - Math.Abs(row - 50), Math.Min(column - 30, 70 - column) + 3));

        Assert.InRange(around, 0.9 * Math.PI * Math.Pow(10_000 / pixelMetres, 2), 1.1 * Math.PI * Math.Pow(10_000 / pixelMetres, 2));
        Assert.True(along > 40 * 8000 / pixelMetres * 0.9, $"{along}");

        async Task<int> CountAsync(string question, Func<double, double, double> depth)
        {
            using var coverage = await AskAsync($"{Collection}/{question}&parameter-name=rainfall_rate");
            return CheckPlaces(coverage.RootElement, depth);
        }
    }

    [Fact]
    public async Task ACubeIsARasterInDegrees()
    {
        var (west, north) = rain.PlaceOf(40, 40);
        var (east, south) = rain.PlaceOf(60, 60);

        using var coverage = await AskAsync(string.Create(CultureInfo.InvariantCulture,
            $"{Collection}/cube?bbox={west:R},{south:R},{east:R},{north:R}&parameter-name=rainfall_rate"));

        CoverageJsonRules.Check(coverage.RootElement);
        var axes = coverage.RootElement.GetProperty("domain").GetProperty("axes");
        var (lons, lats) = (Regular(axes.GetProperty("x")), Regular(axes.GetProperty("y")));
        Assert.InRange(lons.Length, 18, 22);
        Assert.InRange(lats.Length, 18, 22);
        var values = Values(coverage.RootElement, "rainfall_rate");
        for (var i = 0; i < lons.Length * lats.Length; i++)
            Assert.Equal(Rounded(rain.Newest.RainRate[0][PixelAt(lons[i % lons.Length], lats[i / lons.Length])]), values[i]);
    }

    [Fact]
    public async Task ATrajectoryIsThePixelsAlongALineAtEveryLeadOrEachAtItsTime()
    {
        var (from, to) = (rain.Newest.ValidTime(0).ToUnixTimeSeconds(), rain.Newest.ValidTime(3).ToUnixTimeSeconds());

        using var everyLead = await AskAsync(
            $"{Collection}/trajectory?coords=LINESTRING({At(30, 50)},{At(60, 50)})&parameter-name=rainfall_rate");
        using var onTheWay = await AskAsync(
            $"{Collection}/trajectory?coords=LINESTRINGM({At(30, 50)} {from},{At(60, 50)} {to})&parameter-name=rainfall_rate");

        CoverageJsonRules.Check(everyLead.RootElement);
        CoverageJsonRules.Check(onTheWay.RootElement);
        Assert.Equal(("MultiPointSeries", "Trajectory"), (DomainType(everyLead), DomainType(onTheWay)));
        var steps = onTheWay.RootElement.GetProperty("domain").GetProperty("axes").GetProperty("composite").GetProperty("values")
            .EnumerateArray().ToList();
        var values = Values(onTheWay.RootElement, "rainfall_rate");
        Assert.InRange(steps.Count, 30, 40);
        Assert.Equal(Enumerable.Range(0, 4).Select(lead => Iso(rain.Newest.ValidTime(lead))),
            steps.Select(step => step[0].GetString()!).Distinct());
        for (var i = 0; i < steps.Count; i++)
        {
            var lead = (int)((DateTimeOffset.Parse(steps[i][0].GetString()!,
                CultureInfo.InvariantCulture) - rain.Newest.ValidTime(0)).TotalMinutes / 5);
            Assert.Equal(Rounded(rain.Newest.RainRate[lead][PixelAt(steps[i][1].GetDouble(), steps[i][2].GetDouble())]), values[i]);
        }
    }

    [Theory]
    [InlineData("position?coords=POINT({0})", 1)]
    [InlineData("radius?coords=POINT({0})&within=3&within-units=km", 20)]
    public async Task TheSameNumbersComeAsGeoJsonAndAsNetCdf(string question, int least)
    {
        var asked = string.Format(CultureInfo.InvariantCulture, question, At(70, 50));
        var address = $"{Collection}/{asked}&parameter-name=rainfall_rate,rainfall_rate_mean,probability_0.1";
        using var coverage = await AskAsync(address);
        using var features = await AskAsync(address + "&f=GeoJSON");
        using var folder = new TemporaryFolder();
        await File.WriteAllBytesAsync(folder.File("answer.nc"),
            await rain.Client.GetByteArrayAsync(new Uri(address + "&f=NetCDF", UriKind.Relative), _cancellation), _cancellation);
        using var file = NetCdfFile.Open(folder.File("answer.nc"));

        foreach (var (name, variable) in new[]
        {
            ("rainfall_rate", "rainfall_rate"), ("rainfall_rate_mean", "rainfall_rate_mean"), ("probability_0.1", "probability_0_1"),
        })
        {
            var expected = Values(coverage.RootElement, name);
            Assert.True(expected.Count >= least * ServedRain.Leads, $"{expected.Count}");
            Assert.Equal(expected, features.RootElement.GetProperty("features").EnumerateArray()
                .Select(f => f.GetProperty("properties").GetProperty(name).Deserialize<float?>()));
            Assert.Equal(expected, file.Root.FindVariable(variable)!.Read<float>()
                .Select(value => float.IsNaN(value) ? (float?)null : value));
        }
        Assert.Equal(("CF-1.8", "timeSeries", "lat lon"), (file.Root.Attributes.Text("Conventions"),
            file.Root.Attributes.Text("featureType"), file.Root.FindVariable("rainfall_rate")!.Attributes.Text("coordinates")));
        Assert.Equal(["rainfall_rate", "rainfall_rate_mean", "probability_0.1"],
            features.RootElement.GetProperty("parameters").EnumerateArray().Select(p => p.GetProperty("id").GetString()!));
        await CheckLinksAsync(features);
        Assert.Equal(["alternate", "self", "alternate"],
            features.RootElement.GetProperty("links").EnumerateArray().Select(link => link.GetProperty("rel").GetString()!));
    }

    [Theory]
    [InlineData("position", "coords=POINT")]
    [InlineData("area", "coords=POLYGON")]
    [InlineData("radius?coords=POINT(10 52)", "within=10&within-units=km")]
    [InlineData("radius?coords=POINT(10 52)&within=5&within-units=parsec", "within-units is km, m, mi or nmi")]
    [InlineData("cube", "bbox=west,south,east,north")]
    [InlineData("trajectory", "coords=LINESTRING")]
    [InlineData("corridor?coords=LINESTRING(10 52,10.1 52)", "corridor-width=10&width-units=km")]
    [InlineData("position?coords=POINT(10 52)&f=GRIB", "f is CoverageJSON, GeoJSON, NetCDF")]
    [InlineData("position?coords=POINT(10 52)&crs=EPSG:28992", "crs=CRS84")]
    public async Task WhatIsAskedWrongIsSaid(string question, string words)
    {
        using var answer = await rain.Client.GetAsync(new Uri($"{Collection}/{question}", UriKind.Relative), _cancellation);

        Assert.Equal((HttpStatusCode.BadRequest, "application/problem+json"),
            (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        using var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(_cancellation));
        Assert.Contains(words, problem.RootElement.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ATileOfTheTileSetIsThatOfTheTiles()
    {
        var tile = await rain.Client.GetByteArrayAsync(new Uri(
            $"{Collection}/map/tiles/WebMercatorQuad/8/84/135?datetime={Iso(rain.Newest.ValidTime(1))}", UriKind.Relative), _cancellation);

        Assert.Equal(await rain.Client.GetByteArrayAsync(new Uri($"/tiles/{rain.Grid.Name}/latest/10/8/135/84.png", UriKind.Relative),
            _cancellation), tile);
        using var tiling = await AskAsync("/edr/tileMatrixSets/WebMercatorQuad");
        var matrix = tiling.RootElement.GetProperty("tileMatrices")[8];
        Assert.Equal(("8", 256, 611.49622628141), (matrix.GetProperty("id").GetString(), matrix.GetProperty("matrixWidth").GetInt32(),
            Math.Round(matrix.GetProperty("cellSize").GetDouble(), 11)));
        Assert.Equal(559082264.0287178 / 256, matrix.GetProperty("scaleDenominator").GetDouble(), 1e-3);
    }

    /// <summary>
    /// Every place is a pixel, those well inside are there with their values and those well outside are not; returns how many are well
    /// inside.
    /// </summary>
    /// <param name="coverage">Of the rain rate at every lead.</param>
    /// <param name="depth">How many pixels inside a pixel is, negative outside.</param>
    private int CheckPlaces(JsonElement coverage, Func<double, double, double> depth)
    {
        CoverageJsonRules.Check(coverage);
        var places = coverage.GetProperty("domain").GetProperty("axes").GetProperty("composite").GetProperty("values").EnumerateArray()
            .Select(p => PixelAt(p[0].GetDouble(), p[1].GetDouble())).ToList();
        var values = Values(coverage, "rainfall_rate");
        Assert.Equal(places.Count, places.Distinct().Count());
        for (var lead = 0; lead < 2; lead++)
            Assert.Equal(places.Select(pixel => Rounded(rain.Newest.RainRate[lead][pixel])),
                values.Skip(lead * places.Count).Take(places.Count));
        var inside = 0;
        for (var pixel = 0; pixel < rain.Grid.PixelCount; pixel++)
        {
            var deep = depth(pixel % rain.Grid.Width, pixel / rain.Grid.Width);
            // The edge is nobody's.
            if (Math.Abs(deep) > 1)
                Assert.Equal(deep > 0, places.Contains(pixel));
            inside += deep > 0 ? 1 : 0;
        }
        return inside;
    }

    private async Task CheckLinksAsync(JsonDocument document)
    {
        foreach (var link in document.RootElement.GetProperty("links").EnumerateArray())
        {
            var href = link.GetProperty("href").GetString()!;
            Assert.StartsWith(rain.Address, href, StringComparison.Ordinal);
            if (link.TryGetProperty("templated", out _))
                href = href.Replace("{tileMatrix}", "8", StringComparison.Ordinal).Replace("{tileRow}", "84", StringComparison.Ordinal)
                    .Replace("{tileCol}", "135", StringComparison.Ordinal);
            using var answer = await rain.Client.GetAsync(
                new Uri(href.EndsWith("/position", StringComparison.Ordinal) ? href + "?coords=POINT(10 52)" : href), _cancellation);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal(link.GetProperty("type").GetString()!.Split(';')[0], answer.Content.Headers.ContentType?.MediaType?.Replace(
                "application/json", link.GetProperty("type").GetString()!.Split(';')[0], StringComparison.Ordinal));
        }
    }

    private static string DomainType(JsonDocument coverage) =>
        coverage.RootElement.GetProperty("domain").GetProperty("domainType").GetString()!;

    private static float? Rounded(float rate) => float.IsNaN(rate) ? null : MathF.Round(rate, 2);

    private static double[] Regular(JsonElement axis)
    {
        var (start, stop, count) =
            (axis.GetProperty("start").GetDouble(), axis.GetProperty("stop").GetDouble(), axis.GetProperty("num").GetInt32());
        return [.. Enumerable.Range(0, count).Select(i => start + (i * (stop - start) / (count - 1)))];
    }

    private int Pixel(int column, int row) => (row * rain.Grid.Width) + column;

    private int PixelAt(double lon, double lat)
    {
        using var locator = new ConvLstm.Nowcast.Ingest.Projection.GridLocator(rain.Grid);
        return locator.PixelAt(lon, lat) is var (column, row) ? Pixel(column, row)
            : throw new InvalidOperationException($"{lon} {lat} is outside");
    }

    private string At(int column, int row) =>
        rain.PlaceOf(column, row) is var (lon, lat) ? string.Create(CultureInfo.InvariantCulture, $"{lon:R} {lat:R}") : "";

    private static string Iso(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static List<float?> Values(JsonElement coverage, string parameter) =>
        [.. coverage.GetProperty("ranges").GetProperty(parameter).GetProperty("values").EnumerateArray()
            .Select(value => value.Deserialize<float?>())];

    private async Task<JsonDocument> AskAsync(string address) =>
        JsonDocument.Parse(await rain.Client.GetStringAsync(new Uri(address, UriKind.Relative), _cancellation));
}
