using ConvLstm.Nowcast.Model;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Model;

/// <summary>Right or turned off: <see cref="OneDnn"/>.</summary>
public sealed class Convolutions
{
    [Theory]
    [InlineData(5, 20, 1)]
    [InlineData(24, 40, 1)]
    [InlineData(40, 24, 2)]
    [InlineData(16, 32, 2)]
    public void InSingleTheyAndTheirGradientsAreThoseInDouble(int input, int output, int stride)
    {
        using var scope = NewDisposeScope();
        OneDnn.Ensure();
        manual_seed(2);
        var images = randn([2, input, 10, 12], float64, requires_grad: true);
        var weight = randn([output, input, 3, 3], float64, requires_grad: true);
        Tensor[] narrow = [.. new[] { images, weight }.Select(t => t.detach().to_type(float32).requires_grad_())];

        foreach (var (expected, actual) in Run(images, weight).Zip(Run(narrow[0], narrow[1])))
            Assert.True((expected - actual).norm().item<double>() < 1e-5 * expected.norm().item<double>());

        Tensor[] Run(Tensor x, Tensor w)
        {
            var made = nn.functional.conv_transpose2d(nn.functional.conv2d(x, w, padding: [1, 1], strides: [stride, stride]), w,
                padding: [1, 1], strides: [stride, stride]);
            made.square().sum().backward();
            return [made, x.grad!, w.grad!];
        }
    }
}
