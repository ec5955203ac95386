using ConvLstm.Nowcast.Model;
using ConvLstm.Nowcast.Motion;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Motion;

public sealed class OpticalFlowTests
{
    [Theory]
    [InlineData(3.4, -2.2)]
    [InlineData(-0.7, 0.4)]
    [InlineData(-11.3, 6.1)]
    public void TheMotionOfATranslatedFieldIsFoundToATenthOfAPixel(double x, double y)
    {
        using var scope = NewDisposeScope();
        var blobs = new Blobs(200, 150);

        var motion = OpticalFlow.Estimate(blobs.Tensor(blobs.Shifted(0, 0), blobs.Shifted(x, y), blobs.Shifted(2 * x, 2 * y)));

        Assert.Equal([2, 150, 200], motion.shape);
        Assert.InRange((motion[0] - x).abs().max().item<float>(), 0, 0.1);
        Assert.InRange((motion[1] - y).abs().max().item<float>(), 0, 0.1);
    }

    [Fact]
    public void TheMotionOfATurningFieldIsFound()
    {
        const double Angle = 0.02;
        using var scope = NewDisposeScope();
        var blobs = new Blobs(256, 256, count: 120);

        var motion = OpticalFlow.Estimate(blobs.Tensor(blobs.Turned(0), blobs.Turned(Angle), blobs.Turned(2 * Angle)));

        var (u, v) = (motion[0].ToFloats(), motion[1].ToFloats());
        double error = 0, size = 0;
        for (var y = 40; y < 216; y++)
        {
            for (var x = 40; x < 216; x++)
            {
                var (du, dv) = (u[(y * 256) + x] + (Angle * (y - 127.5)), v[(y * 256) + x] - (Angle * (x - 127.5)));
                error += (du * du) + (dv * dv);
                size += Angle * Angle * (((y - 127.5) * (y - 127.5)) + ((x - 127.5) * (x - 127.5)));
            }
        }
        Assert.InRange(Math.Sqrt(error / size), 0, 0.15);
    }

    [Fact]
    public void AGapThatMovesOverStandingRainIsNoMotion()
    {
        using var scope = NewDisposeScope();
        var blobs = new Blobs(160, 160);
        float[] WithGap(int left)
        {
            var field = blobs.Shifted(0, 0);
            for (var i = 0; i < field.Length; i++)
            {
                if (i % 160 >= left && i % 160 < left + 30)
                    field[i] = float.NaN;
            }
            return field;
        }

        var motion = OpticalFlow.Estimate(blobs.Tensor(WithGap(40), WithGap(50), WithGap(60)));

        Assert.InRange(motion.abs().max().item<float>(), 0, 0.1);
    }

    [Fact]
    public void RainThatGrowsOnItsWayKeepsItsMotion()
    {
        using var scope = NewDisposeScope();
        var blobs = new Blobs(160, 160);

        var motion = OpticalFlow.Estimate(blobs.Tensor(
            blobs.Shifted(0, 0), Array.ConvertAll(blobs.Shifted(4, -3), r => 1.2f * r),
                Array.ConvertAll(blobs.Shifted(8, -6), r => 1.44f * r)));

        Assert.InRange((motion[0] - 4).abs().mean().item<float>(), 0, 0.3);
        Assert.InRange((motion[1] + 3).abs().mean().item<float>(), 0, 0.3);
    }

    [Fact]
    public void AScanThatIsMissingLeavesTheMotionOfTheOthers()
    {
        using var scope = NewDisposeScope();
        var blobs = new Blobs(160, 160);
        var missing = Enumerable.Repeat(float.NaN, 160 * 160).ToArray();

        var motion = OpticalFlow.Estimate(blobs.Tensor(missing, blobs.Shifted(0, 0), blobs.Shifted(2.5, 1)));

        Assert.InRange((motion[0] - 2.5).abs().max().item<float>(), 0, 0.1);
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(float.NaN)]
    public void WithoutRainNothingMoves(float value)
    {
        using var scope = NewDisposeScope();

        var motion = OpticalFlow.Estimate(full([3, 70, 50], value));

        Assert.Equal(0, motion.abs().max().item<float>());
    }

    [Theory]
    [InlineData(2, 5)]
    [InlineData(5, 2)]
    [InlineData(10, 2)]
    [InlineData(0.5, 5)]
    public void PairsSpanTenMinutesAndAreTwoToFive(double minutes, int pairs) =>
        Assert.Equal(pairs, MotionOptions.For(TimeSpan.FromMinutes(minutes)).ScanPairs);

    [Fact]
    public void OneScanShowsNoMotion() =>
        Assert.Throws<ArgumentException>(() =>
        {
            using var scope = NewDisposeScope();
            OpticalFlow.Estimate(zeros([1, 20, 20]));
        });
}
