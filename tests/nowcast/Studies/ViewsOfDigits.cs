using ConvLstm.Nowcast.Model.Networks;
using ConvLstm.Nowcast.Studies.Digits;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Studies;

public sealed class ViewsOfDigits
{
    private const int Side = 12;

    [Fact]
    public void ATripleIsTurnedEightWaysItsFramesAlike()
    {
        var frame = Enumerable.Range(0, 9).Select(i => (float)i).ToArray();

        var seen = Enumerable.Range(0, SquareSymmetry.Count).Select(s => new FrameTriple(frame, frame, frame).Turned(s, 3)).ToList();

        Assert.Equal(8, seen.Select(t => string.Join(' ', t.First)).Distinct().Count());
        Assert.All(seen, t =>
        {
            Assert.Equal(t.First, t.Second);
            Assert.Equal(t.First, t.Target);
            // Neighbours stay neighbours of the middle.
            Assert.Equal(4, t.First[4]);
            Assert.Equal([1, 3, 5, 7], new[] { t.First[1], t.First[3], t.First[5], t.First[7] }.Order());
        });
    }

    [Fact]
    public void EachViewIsTurnedBackByItsInverse()
    {
        var frame = Some(1);
        Assert.All(Enumerable.Range(0, SquareSymmetry.Count),
            s => Assert.Equal(frame, SquareSymmetry.Apply(SquareSymmetry.Apply(frame, s, Side), SquareSymmetry.Inverse(s), Side)));
    }

    [Fact]
    public void TheMeanOfEightViewsTurnsWithWhatIsReadAndErrsLessThanTheViewsDo()
    {
        using var scope = NewDisposeScope();
        manual_seed(3);
        using var network = NetworkRegistry.Create(new() { Network = FrameConvLstm.Name, Hidden = [4], Patch = 1 });
        var triple = new FrameTriple(Some(1), Some(2), Some(3));
        var views = Enumerable.Range(0, SquareSymmetry.Count).Select(s => triple.Turned(s, Side)).ToList();

        var drawn = EightViews.Draw(network, [triple], Side, TestContext.Current.CancellationToken)[0];

        var turned = EightViews.Draw(network, views, Side, TestContext.Current.CancellationToken);
        for (var s = 0; s < views.Count; s++)
            AssertClose(SquareSymmetry.Apply(drawn, s, Side), turned[s]);
        // Asked once it does not: its kernels have directions.
        var once = FramePredictor.Draw(network, views, Side, TestContext.Current.CancellationToken);
        Assert.True(FramePredictor.Error([SquareSymmetry.Apply(once[0], 1, Side)], [views[1] with { Target = once[1] }]) > 1e-9);
        // Jensen: the square of a mean is at most the mean of the squares.
        Assert.True(FramePredictor.Error([drawn], [triple]) < FramePredictor.Error(once, views));
    }

    private static void AssertClose(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], 1e-5f);
    }

    private static float[] Some(int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, Side * Side).Select(_ => random.NextSingle())];
    }
}
