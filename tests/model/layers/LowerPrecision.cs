using ConvLstm.Nowcast.Model.Layers;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Model.Layers;

/// <summary>bfloat16 has eight bits: products are good to some thousandths.</summary>
public sealed class LowerPrecision
{
    private const double Coarse = 0.03;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void InBfloat16StatesStayInSingleAndGradientsStayNear(bool fused)
    {
        using var scope = NewDisposeScope();
        manual_seed(12);
        using var cell = new ConvLstmCell(3, 8, 3, peepholes: false) { Fused = fused };
        var x = randn([6, 3, 12, 10], requires_grad: true);

        var exact = Run(false);
        var low = Run(true);

        Assert.Equal(ScalarType.Float32, low.State.dtype);
        Assert.All(low.Values, v => Assert.Equal(ScalarType.Float32, v.dtype));
        foreach (var (expected, actual) in exact.Values.Zip(low.Values))
            Assert.InRange((actual - expected).norm().item<float>() / expected.norm().item<float>(), 1e-6, Coarse);

        (Tensor State, Tensor[] Values) Run(bool on)
        {
            Tensor[] leaves = [x, .. cell.parameters()];
            foreach (var leaf in leaves)
                leaf.grad = null;
            ConvLstmState last;
            Tensor hidden;
            using (var precision = new MixedPrecision(CPU, on))
                (hidden, last) = cell.Unroll(x, 3, null);
            ((hidden * hidden).sum() + last.Cell.sum()).backward();
            return (last.Cell, [hidden.detach(), .. leaves.Select(l => l.grad!.clone())]);
        }
    }

    [Fact]
    public void OutsideOfItsBlockNothingIsRounded()
    {
        using var scope = NewDisposeScope();
        var (image, kernel) = (ones([1, 1, 4, 4]), ones([1, 1, 3, 3]));
        using (new MixedPrecision(CPU, true))
        {
            using (new MixedPrecision(CPU, false))
                Assert.Equal(ScalarType.Float32, nn.functional.conv2d(image, kernel).dtype);
            Assert.Equal(ScalarType.BFloat16, nn.functional.conv2d(image, kernel).dtype);
        }
        Assert.Equal(ScalarType.Float32, nn.functional.conv2d(image, kernel).dtype);
        Assert.False(MixedPrecision.Gains(CPU));
    }

    [Fact]
    public void TensorFloat32CanBeTurnedOnForConvolutionsAndProductsApart()
    {
        var (convolutions, products) = (backends.cudnn.allow_tf32, backends.cuda.matmul.allow_tf32);
        try
        {
            backends.cuda.matmul.allow_tf32 = true;
            backends.cudnn.allow_tf32 = false;
            Assert.Equal((false, true), (backends.cudnn.allow_tf32, backends.cuda.matmul.allow_tf32));
        }
        finally
        {
            (backends.cudnn.allow_tf32, backends.cuda.matmul.allow_tf32) = (convolutions, products);
        }
    }
}
