using Xunit;

namespace ConvLstm.Nowcast.Tests.Torch;

public sealed class Errors
{
    [Fact]
    public void AMistakeInShapesArrivesWithTheMessageOfLibtorch()
    {
        using var scope = NewDisposeScope();
        var error = Assert.Throws<TorchException>(() => ones([2, 3]).matmul(ones([2, 3])));

        Assert.Contains("2x3", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnUnknownOperatorIsNamed()
    {
        var error = Assert.Throws<TorchException>(() => ConvLstm.Nowcast.Torch.Interop.Operator.Call("aten::no_such_operator", 1L));

        Assert.Contains("no_such_operator", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TooManyAndTooFewArgumentsAreErrorsNotCrashes()
    {
        using var scope = NewDisposeScope();
        var a = ones([2]);

        Assert.Throws<TorchException>(() => ConvLstm.Nowcast.Torch.Interop.Operator.Call("aten::neg", a, 1L, 2L));
        Assert.Contains("exponent", Assert.Throws<TorchException>(() => ConvLstm.Nowcast.Torch.Interop.Operator.Call("aten::pow.Tensor_Scalar", a)).Message, StringComparison.Ordinal);
        Assert.Throws<TorchException>(() => ConvLstm.Nowcast.Torch.Interop.Operator.Call("aten::neg", new long[] { 1 }));
    }

    [Fact]
    public void MemoryThatIsNotThereIsAnErrorOfItsOwnKind() =>
        Assert.Throws<TorchOutOfMemoryException>(() => empty([1L << 50]));

    [Fact]
    public void AnErrorInTheMiddleOfABackwardPassArrivesToo()
    {
        using var scope = NewDisposeScope();
        var x = ones([3], requires_grad: true);
        var y = (x * x).sum();
        y.backward();

        Assert.Contains("second time", Assert.Throws<TorchException>(() => y.backward()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ADisposedTensorSaysSo()
    {
        var a = ones([2]);
        a.Dispose();

        Assert.True(a.IsInvalid);
        Assert.Throws<ObjectDisposedException>(() => a.neg());
    }
}
