using ConvLstm.Nowcast.Model.Layers;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Layers;

public sealed class BoxMeans
{
    [Theory]
    [InlineData(1, 40, 52)]
    [InlineData(2, 40, 52)]
    [InlineData(5, 41, 53)]
    [InlineData(12, 64, 31)]
    [InlineData(48, 37, 90)]
    public void InOnePassTheyAreWhatPlainOperatorsGive(int radius, int height, int width)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        manual_seed(radius);
        var images = rand([2, 3, height, width]) * 5;
        // A third of the pixels and a whole corner were not observed.
        var mask = rand([2, 1, height, width]).gt(0.33).to_type(float32);
        mask.narrow(2, 0, height / 2).narrow(3, 0, width / 2).zero_();

        var onePass = FusedBoxMean.Mean(images, mask, radius);

        Assert.True((onePass - MultiScaleBlur.Plain(images, mask, radius)).abs().max().item<float>() < 2e-5);
    }

    [Fact]
    public void ABoxThatSawOnePixelHasItsValue()
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var images = zeros([1, 1, 9, 9]);
        images.narrow(2, 4, 1).narrow(3, 4, 1).fill_(7);
        var mask = images.gt(0).to_type(float32);

        var mean = FusedBoxMean.Mean(images, mask, 2).view(-1).data<float>().ToArray();

        Assert.Equal(25, mean.Count(v => Math.Abs(v - 7) < 1e-5));
        Assert.Equal(56, mean.Count(v => v == 0));
    }

    [Fact]
    public void AMaskOfAnotherSizeIsRefused()
    {
        using var frozen = no_grad();
        Assert.Throws<TorchException>(() => FusedBoxMean.Mean(zeros([1, 1, 9, 9]), zeros([1, 1, 9, 8]), 2));
    }
}
