using Xunit;

namespace ConvLstm.Nowcast.Tests.Torch;

public sealed class Convolutions
{
    [Theory]
    [InlineData(4, 2, 1, 0, 1, 1)]
    [InlineData(3, 2, 1, 1, 2, 1)]
    [InlineData(3, 1, 1, 0, 1, 2)]
    public void ATransposedConvolutionInSingleIsTheOneInDouble(int kernel, int stride, int padding, int outputPadding, int groups, int dilation)
    {
        using var scope = NewDisposeScope();
        manual_seed(2);
        var x = randn([2, 6, 7, 5], float64, requires_grad: true);
        var weight = randn([6, 4, kernel, kernel], float64, requires_grad: true);
        var bias = randn([4 * groups], float64, requires_grad: true);

        var (wide, wideGradients) = Run([x, weight, bias]);
        var (narrow, gradients) = Run([.. new[] { x, weight, bias }.Select(t => t.detach().to_type(float32).requires_grad_())]);

        AssertNear(wide, narrow);
        foreach (var (expected, actual) in wideGradients.Zip(gradients))
            AssertNear(expected, actual);

        (Tensor, Tensor[]) Run(Tensor[] leaves)
        {
            var made = nn.functional.conv_transpose2d(
                leaves[0], leaves[1], leaves[2], [stride, stride], [padding, padding], [outputPadding, outputPadding], [dilation, dilation], groups);
            made.square().sum().backward();
            return (made, leaves.Select(l => l.grad!).ToArray());
        }
    }

    private static void AssertNear(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.shape, actual.shape);
        Assert.True((expected - actual).norm().item<double>() < 1e-5 * expected.norm().item<double>());
    }
}
