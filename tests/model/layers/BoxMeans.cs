using ConvLstm.Nowcast.Model.Layers;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Layers;

public sealed class BoxMeans
{
    [Fact]
    public void ABoxThatSawOnePixelHasItsValue()
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var images = zeros([1, 1, 9, 9]);
        images.narrow(2, 4, 1).narrow(3, 4, 1).fill_(7);
        var mask = images.gt(0).to_type(float32);

        var mean = MultiScaleBlur.Mean(images, mask, 2).view(-1).data<float>().ToArray();

        Assert.Equal(25, mean.Count(v => Math.Abs(v - 7) < 1e-5));
        Assert.Equal(56, mean.Count(v => v == 0));
    }
}
