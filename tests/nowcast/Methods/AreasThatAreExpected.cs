using ConvLstm.Nowcast.Methods;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Methods;

public sealed class AreasThatAreExpected
{
    [Theory]
    [InlineData(2500)]
    [InlineData(250)]
    public void TheExpectedAreaIsBetweenWhatWasExpectedAndWhatIsThereNow(int now)
    {
        var random = new Random(3);
        var before = Enumerable.Range(0, 20_000).Select(_ => (float)Math.Pow(random.NextDouble(), 9)).ToArray();
        var known = Enumerable.Range(0, 20_000).Select(i => i % 2 == 0).ToArray();
        var after = before.ToArray();

        ExpectedArea.Lean(after, ExpectedArea.Factor(new(after, known), now));

        double Area(float[] probabilities) => probabilities.Where((_, i) => known[i]).Sum(p => (double)p);
        Assert.Equal(Math.Sqrt(Area(before) * now), Area(after), 0.02 * Area(after));
        // Which pixels are likelier stays.
        var ranked = Enumerable.Range(0, 20_000).OrderBy(i => before[i]).Select(i => after[i]).ToArray();
        Assert.All(ranked.Zip(ranked.Skip(1)), pair => Assert.True(pair.First <= pair.Second * 1.00001f));
    }

    [Fact]
    public void WhatIsImpossibleOrSureStaysSo()
    {
        float[] probabilities = [0, 1, 0.5f, 0];

        ExpectedArea.Lean(probabilities, ExpectedArea.Factor(new(probabilities, [true, true, true, false]), 3));

        Assert.Equal([0f, 1f, 0f], [probabilities[0], probabilities[1], probabilities[3]]);
        Assert.InRange(probabilities[2], 0.5f, 0.99f);
    }
}
