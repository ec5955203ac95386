using System.Globalization;
using ConvLstm.Nowcast.Jobs.Web.Edr;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Jobs.Web;

/// <content>What collections and instances say of themselves.</content>
public sealed partial class EdrQuestions
{
    [Fact]
    public async Task CollectionsAndInstancesSayWhatCanBeAskedAndTheirLinksLead()
    {
        using var collections = await AskAsync("/edr/collections");
        Assert.Equal([rain.Grid.Name, "wide"],
            collections.RootElement.GetProperty("collections").EnumerateArray().Select(c => c.GetProperty("id").GetString()!));
        using var instances = await AskAsync($"{Collection}/instances");
        var newest = instances.RootElement.GetProperty("instances").EnumerateArray()
            .Single(i => i.GetProperty("id").GetString() == $"{rain.NewestRun}");
        var box = newest.GetProperty("extent").GetProperty("spatial").GetProperty("bbox")[0].EnumerateArray().Select(d => d.GetDouble())
            .ToList();
        Assert.True(box[0] < 9.1 && box[1] < 51.5 && box[2] > 10.9 && box[3] > 52.5, string.Join(' ', box));
        Assert.Equal(["rainfall_rate", "rainfall_rate_mean", "probability_0.1", "probability_1", "probability_5", "probability_10"],
            newest.GetProperty("parameter_names").EnumerateObject().Select(p => p.Name));
        Assert.Equal(["position", "area", "radius", "cube", "trajectory", "corridor"],
            newest.GetProperty("data_queries").EnumerateObject().Select(q => q.Name));
        foreach (var query in newest.GetProperty("data_queries").EnumerateObject())
            Assert.Equal($"{rain.Address}{Collection}/instances/{rain.NewestRun}/{query.Name}",
                query.Value.GetProperty("link").GetProperty("href").GetString());
        foreach (var page in new[]
        {
            "/edr", "/edr/collections", Collection, $"{Collection}/map/tiles", $"{Collection}/map/tiles/WebMercatorQuad",
        })
        {
            using var document = await AskAsync(page);
            await CheckLinksAsync(document);
        }
    }

    /// <summary>What the text and the schemas of EDR 1.1 demand of a collection beyond its links.</summary>
    [Fact]
    public async Task ACollectionIsDescribedAsTheStandardWantsIt()
    {
        using var collection = await AskAsync(Collection);

        foreach (var parameter in collection.RootElement.GetProperty("parameter_names").EnumerateObject())
        {
            // /req/edr/rc-parameters; a description would be words by language in the text, and a string in the schema.
            Assert.Equal(["type", "id", "observedProperty", "unit"], parameter.Value.EnumerateObject().Select(member => member.Name));
            Assert.Equal(("Parameter", parameter.Name),
                (parameter.Value.GetProperty("type").GetString(), parameter.Value.GetProperty("id").GetString()));
            Assert.Equal(["id", "label"],
                parameter.Value.GetProperty("observedProperty").EnumerateObject().Select(member => member.Name));
        }
        // /req/edr/rc-cube-variables, rc-corridor-variables, rc-radius-variables
        foreach (var (query, units) in new[]
        {
            ("cube", "height_units"), ("corridor", "height_units"), ("corridor", "width_units"), ("radius", "within_units"),
        })
            Assert.NotEmpty(collection.RootElement.GetProperty("data_queries").GetProperty(query).GetProperty("link")
                .GetProperty("variables").GetProperty(units).EnumerateArray());
        // A grid that no run is of has no times: the schema of the extent wants a list of one at least, or none.
        using var locator = new ConvLstm.Nowcast.Ingest.Projection.GridLocator(rain.Grid);
        var temporal = EdrCollections.Describe(new(locator, null!, Run: null), run: null, "bare", "http://here", isInstance: false)
            ["extent"]!["temporal"]!;
        Assert.Equal("[[null,null]]", temporal["interval"]!.ToJsonString());
        Assert.Null(temporal["values"]);
    }

    /// <summary>/req/core/rc-bbox-response, rc-time-response, and offsets as RFC 3339 has them.</summary>
    [Theory]
    [InlineData("", true, true)]
    [InlineData("?bbox=5,50,11,53", true, false)]
    [InlineData("?bbox=-110,30,-90,40", false, true)]
    [InlineData("?bbox=150,-30,155,-25", false, false)]
    [InlineData("?datetime=../2024-06-01T12:00:00Z", false, false)]
    [InlineData("?datetime={0}/..", true, true)]
    [InlineData("?bbox=5,50,11,53&datetime={0}", true, false)]
    public async Task CollectionsAreChosenByBoxAndTime(string question, bool simulated, bool wide)
    {
        var offset = rain.Newest.ValidTime(1).ToOffset(TimeSpan.FromHours(2)).ToString("yyyy-MM-dd'T'HH:mm:sszzz",
            CultureInfo.InvariantCulture);
        using var found = await AskAsync(
            $"/edr/collections{string.Format(CultureInfo.InvariantCulture, question, Uri.EscapeDataString(offset))}");

        Assert.Equal(new[] { (rain.Grid.Name, simulated), ("wide", wide) }.Where(grid => grid.Item2).Select(grid => grid.Item1),
            found.RootElement.GetProperty("collections").EnumerateArray().Select(c => c.GetProperty("id").GetString()!));
    }

    [Fact]
    public async Task InstancesAreChosenByTime()
    {
        using var all = await AskAsync($"{Collection}/instances");
        using var late = await AskAsync($"{Collection}/instances?datetime={Iso(rain.Newest.ValidTime(0))}/..");
        using var elsewhere = await AskAsync($"{Collection}/instances?bbox=150,-30,155,-25");

        var count = all.RootElement.GetProperty("instances").GetArrayLength();
        Assert.InRange(late.RootElement.GetProperty("instances").GetArrayLength(), 1, count - 1);
        Assert.Empty(elsewhere.RootElement.GetProperty("instances").EnumerateArray());
    }
}
