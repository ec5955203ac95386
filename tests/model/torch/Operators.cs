using Xunit;

namespace ConvLstm.Nowcast.Tests.Torch;

public sealed class Operators
{
    [Fact]
    public void AnOperatorOfEachResultKindGivesWhatPyTorchGives()
    {
        using var scope = NewDisposeScope();
        var a = tensor([1f, 2f, 3f, 4f, 5f, 6f], [2, 3]);

        Assert.Equal([5f, 7f, 9f], a.sum([0]).data<float>().ToArray());
        Assert.Equal([3f, 1f, 4f], new[] { a.chunk(3, 1)[2][0, 0].item<float>(), a[0, 0].item<float>(), a[1, 0].item<float>() });
        Assert.True(a.allclose(a + 1e-9));
        Assert.Equal([2, 1, 3], a.unsqueeze(1).shape);
        Assert.Equal(4.75f, cat([a, a * 2 - 1], 1).mean().item<float>(), 1e-6f);
    }

    [Fact]
    public void DefaultsOfTheSchemaStandInForArgumentsThatAreLeftOut()
    {
        using var scope = NewDisposeScope();
        var image = ones([1, 1, 4, 4]);
        var kernel = ones([1, 1, 3, 3]);

        Assert.Equal([1, 1, 2, 2], nn.functional.conv2d(image, kernel).shape);
        Assert.Equal(9f, nn.functional.conv2d(image, kernel)[0][0, 0][0].item<float>());
        Assert.Equal([1, 1, 4, 4], nn.functional.conv2d(image, kernel, padding: [1, 1]).shape);
    }

    [Fact]
    public void GradientsFlowThroughTheDispatcher()
    {
        using var scope = NewDisposeScope();
        var x = tensor([1.0, 2.0, 3.0], [3], requires_grad: true);

        (x * x).sum().backward();

        Assert.Equal([2.0, 4.0, 6.0], x.grad!.data<double>().ToArray());
        using (no_grad())
            Assert.False((x * 2).requires_grad);
        Assert.True((x * 2).requires_grad);
    }

    [Fact]
    public void AViewOfAnotherOrderReadsInItsOwnOrder()
    {
        using var scope = NewDisposeScope();
        var turned = tensor([1f, 2f, 3f, 4f, 5f, 6f], [2, 3]).transpose(0, 1);

        Assert.False(turned.is_contiguous());
        Assert.Equal([1f, 4f, 2f, 5f, 3f, 6f], turned.data<float>().ToArray());
    }

    [Fact]
    public void TheSameSeedDrawsTheSameNumbers()
    {
        using var scope = NewDisposeScope();
        manual_seed(7);
        var first = randn([50]).data<float>().ToArray();
        manual_seed(7);
        var second = randn([50]).data<float>().ToArray();

        Assert.Equal(first, second);
        Assert.NotEqual(first, randn([50]).data<float>().ToArray());
    }
}
