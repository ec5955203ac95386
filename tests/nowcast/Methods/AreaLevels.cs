using ConvLstm.Nowcast.Methods;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Methods;

public sealed class AreaLevels
{
    [Theory]
    [InlineData(10)]
    [InlineData(500)]
    [InlineData(5000)]
    public void AsManyPixelsAreShownAsAskedAndTheLikeliestOfThem(int pixels)
    {
        var random = new Random(2);
        var probabilities = Enumerable.Range(0, 20_000).Select(_ => (float)Math.Pow(random.NextDouble(), 6)).ToArray();
        var known = Enumerable.Range(0, 20_000).Select(i => i % 5 != 0).ToArray();

        var level = AreaLevel.Of(new(probabilities, known), probabilities, known, pixels);

        Assert.Equal(pixels, Enumerable.Range(0, 20_000).Count(i => known[i] && probabilities[i] >= level), 3 + (0.03 * pixels));
    }

    [Fact]
    public void WhereNothingRainsNothingIsShown() =>
        Assert.True(AreaLevel.Of(new([0.9f, 0.8f], [true, true]), [0.9f, 0.8f], [true, true], 0) > 1);
}
