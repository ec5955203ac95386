using ConvLstm.Nowcast.Storage;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Storage;

/// <summary>The models that come with the program: when they forecast, and when they only lie there.</summary>
public sealed class OfferedModels(TestCluster cluster)
{
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task ANewerOneForecastsInsteadOfAnOlderOne()
    {
        await using var test = await OpenAsync();
        await OfferAsync(test, "old", 1);
        await OfferAsync(test, "new", 2);
        await OfferAsync(test, "old", 1);

        Assert.Equal("new", (await test.Models.PromotedAsync(_cancellation))!.Version);
        Assert.Equal("old", (await test.Models.RollBackAsync(_cancellation))!.Version);
    }

    [Fact]
    public async Task WhoeverChoseAModelKeepsIt()
    {
        await using var test = await OpenAsync();
        await test.Models.ImportAsync("mine", "n", [7], "{}", "{}", _cancellation);
        await test.Models.PromoteAsync("mine", "better", _cancellation);
        await OfferAsync(test, "new", 2);

        Assert.Equal("mine", (await test.Models.PromotedAsync(_cancellation))!.Version);
        Assert.NotNull(await test.Models.FindAsync("new", _cancellation));
    }

    [Fact]
    public async Task WhoeverTookOneBackGetsNoOther()
    {
        await using var test = await OpenAsync();
        await OfferAsync(test, "old", 1);
        await test.Models.RollBackAsync(_cancellation);
        await OfferAsync(test, "new", 2);

        Assert.Null(await test.Models.PromotedAsync(_cancellation));
    }

    [Fact]
    public async Task SeveralProgramsThatOfferItAtOncePromoteItOnce()
    {
        await using var test = await OpenAsync();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => OfferAsync(test, "new", 2)));

        await test.Models.RollBackAsync(_cancellation);
        Assert.Null(await test.Models.PromotedAsync(_cancellation));
    }

    private async Task<NowcastDatabase> OpenAsync() =>
        await NowcastDatabase.OpenAsync(await cluster.CreateDatabaseAsync(_cancellation), _cancellation);

    private Task OfferAsync(NowcastDatabase test, string version, byte content) =>
        test.Models.OfferAsync(version, "n", [content], "{}", "{}", _cancellation);
}
