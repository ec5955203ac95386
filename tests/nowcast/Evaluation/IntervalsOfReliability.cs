using ConvLstm.Nowcast.Evaluation;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Evaluation;

public sealed class IntervalsOfReliability
{
    private const int Situations = 30, Pixels = 1000;

    private static readonly int[][] Draws = Drawn();

    [Theory]
    [InlineData(0, true)]
    [InlineData(-0.2, false)]
    public void TheDiagonalIsInsideWhereForecastsAreTrueAndOutsideWhereTheyAreNot(double bias, bool inside)
    {
        var random = new Random(2);
        // What comes differs from situation to situation by more than the chance of pixels.
        var cases = Enumerable.Range(0, Situations).Select(_ => Bin(Math.Clamp(0.55 + bias + (0.3 * (random.NextDouble() - 0.5)), 0, 1)))
            .ToArray();

        var interval = new ReliabilityIntervals(Draws, 0.95).Of(cases)[0];

        Assert.Equal(inside, interval.Low < 0 && interval.High > 0);
        Assert.InRange(interval.High - interval.Low, 0.02, 0.12);
        Assert.InRange((interval.Low + interval.High) / 2, bias - 0.05, bias + 0.05);
    }

    [Fact]
    public void BinsWithoutPixelsAreLeftOutAsInTheDiagram()
    {
        var cases = new[]
        {
            new[] { (10L, 1.0, 1L), (0L, 0.0, 0L), (4L, 3.0, 4L) }, new[] { (10L, 1.0, 1L), (0L, 0.0, 0L), (0L, 0.0, 0L) },
        };

        var intervals = new ReliabilityIntervals([[0, 1], [1, 0]], 0.95).Of(cases);

        Assert.Equal([new GapInterval(0, 0), new GapInterval(0.25, 0.25)], intervals);
    }

    private static (long, double, long)[] Bin(double frequency) => [(Pixels, Pixels * 0.55, (long)(Pixels * frequency))];

    private static int[][] Drawn()
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, 400).Select(_ => Enumerable.Range(0, Situations).Select(_ => random.Next(Situations)).ToArray())];
    }
}
