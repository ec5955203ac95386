using ConvLstm.Nowcast.Methods;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Methods;

public sealed class ExpectedCsiTests
{
    [Fact]
    public void SureRainIsShownWhereItIs()
    {
        float[] probabilities = [.. Enumerable.Repeat(0.999f, 50), .. Enumerable.Repeat(0.001f, 950)];

        var level = ExpectedCsi.Level(probabilities, Known(1000));

        Assert.Equal(50, probabilities.Count(p => p >= level));
    }

    [Fact]
    public void RainWhosePlaceIsNotKnownIsShownFromALowerLevel()
    {
        // 100 pixels at 0.3 and nothing else: 30 hits of 100 shown, against no rain on the map at all from a half upwards.
        float[] probabilities = [.. Enumerable.Repeat(0.3f, 100), .. new float[900]];

        Assert.Equal(0.5, ExpectedCsi.Level([.. Enumerable.Repeat(0.3f, 10), .. new float[900]], Known(910)));
        Assert.InRange(ExpectedCsi.Level([.. Enumerable.Repeat(0.7f, 100), .. Enumerable.Repeat(0.3f, 60), .. new float[840]], Known(1000)),
            0.3, 0.7);
        Assert.True(ExpectedCsi.Level(probabilities, Known(1000)) is >= 0.1 and <= 0.5);
    }

    [Fact]
    public void TheLevelIsTheOneWithTheHighestCsiWhereProbabilitiesAreTrue()
    {
        var random = new Random(3);
        var probabilities = Enumerable.Range(0, 200_000).Select(_ => (float)Math.Pow(random.NextDouble(), 3)).ToArray();
        var events = probabilities.Select(p => random.NextDouble() < p).ToArray();
        double Csi(double level)
        {
            int hits = 0, other = 0;
            for (var i = 0; i < events.Length; i++)
            {
                var shown = probabilities[i] >= level;
                hits += shown && events[i] ? 1 : 0;
                other += shown != events[i] ? 1 : 0;
            }
            return hits / (double)(hits + other);
        }

        var best = Enumerable.Range(5, 90).Max(i => Csi(i / 100.0));

        Assert.InRange(Csi(ExpectedCsi.Level(probabilities, Known(probabilities.Length))), best - 0.003, 1);
    }

    [Fact]
    public void PixelsWhoseAirIsNotKnownDoNotCount()
    {
        float[] probabilities = [.. Enumerable.Repeat(0.9f, 100), .. Enumerable.Repeat(0.2f, 5000)];
        bool[] known = [.. Enumerable.Repeat(true, 100), .. new bool[5000]];

        Assert.Equal(100, Enumerable.Range(0, 5100).Count(i => known[i] && probabilities[i] >= ExpectedCsi.Level(probabilities, known)));
    }

    private static bool[] Known(int count) => [.. Enumerable.Repeat(true, count)];
}
